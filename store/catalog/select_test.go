package catalog_test

import (
	"errors"
	"slices"
	"testing"

	"fitvault/store/catalog"
)

func names(types []catalog.Type) []string {
	var out []string
	for _, t := range types {
		out = append(out, t.Name)
	}
	return out
}

// named returns the names of the types for which is holds, in the order of the table.
func named(is func(catalog.Type) bool) []string {
	return names(slices.DeleteFunc(catalog.Types(), func(t catalog.Type) bool { return !is(t) }))
}

func TestSelect(t *testing.T) {
	every := names(catalog.Types())
	usual := named(func(t catalog.Type) bool { return !t.Named })
	if slices.Contains(usual, "activity_summary") {
		t.Error("the summary of a day needs not be named")
	}
	group := func(gs ...catalog.Group) []string {
		return named(func(t catalog.Type) bool { return slices.Contains(gs, t.Group) && !t.Named })
	}
	intraday := group(catalog.Intraday)
	if !slices.Contains(intraday, "steps") || slices.Contains(intraday, "weight") {
		t.Errorf("types of the group intraday: %q", intraday)
	}
	for _, c := range []struct{ words, want []string }{
		{nil, usual},
		{[]string{"activity_summary"}, []string{"activity_summary"}},
		{[]string{"activity_summary", "weight"}, []string{"weight", "activity_summary"}},
		{[]string{"daily"}, group(catalog.Daily)},
		{[]string{"all"}, every},
		{[]string{"weight", "all"}, every},
		{[]string{"weight"}, []string{"weight"}},
		{[]string{"night"}, group(catalog.Night)},
		{[]string{"account"}, group(catalog.Account)},
		{[]string{"intraday"}, intraday},
		{[]string{"steps"}, []string{"steps"}},
		{[]string{"intraday", "weight"}, named(func(t catalog.Type) bool { return t.Group == catalog.Intraday && !t.Named || t.Name == "weight" })},
		{[]string{"swimming_strokes"}, []string{"swimming_strokes"}}, // which must be named
		{[]string{"intraday", "all"}, every},
		{[]string{"body_daily"}, []string{"body_daily.weight_kg", "body_daily.bmi", "body_daily.fat_pct"}},
		{[]string{"nutrition_daily.calories_kcal"}, []string{"nutrition_daily.calories_kcal"}},
		{[]string{"weight", "sleep", "weight"}, []string{"sleep", "weight"}}, // in the order of the table, once
		{[]string{"logs", "body_fat"}, group(catalog.Logs)},
		{[]string{"heart_rate_zone_daily"}, []string{"heart_rate_zone_daily", "heart_rate_zone_daily.calories_kcal", "heart_rate_zone_daily.min_bpm"}},
	} {
		got, err := catalog.Select(c.words)
		if err != nil || !slices.Equal(names(got), c.want) {
			t.Errorf("%q selects %q, error %v; want %q", c.words, names(got), err, c.want)
		}
	}
	for _, w := range []string{"", "step", "Weight", "activity_daily.", "fitbit"} {
		got, err := catalog.Select([]string{"all", w})
		var unknown *catalog.UnknownTypeError
		if !errors.As(err, &unknown) || unknown.Word != w || got != nil {
			t.Errorf("%q selects %q, error %v", w, names(got), err)
		}
	}
}

func TestWords(t *testing.T) {
	words := catalog.Words()
	for i, w := range words {
		if slices.Contains(words[:i], w) {
			t.Errorf("%s is listed twice", w)
		}
		if got, err := catalog.Select([]string{w}); err != nil || len(got) == 0 && !slices.Contains(catalog.Groups(), catalog.Group(w)) {
			t.Errorf("%s selects %d types, error %v", w, len(got), err)
		}
	}
	for _, w := range []string{"all", "daily", "night", "intraday", "logs", "account", "activity_daily", "activity_daily.steps", "sleep_stage"} {
		if !slices.Contains(words, w) {
			t.Errorf("%s is not listed", w)
		}
	}
}

func TestGroups(t *testing.T) {
	want := []catalog.Group{catalog.Daily, catalog.Night, catalog.Intraday, catalog.Logs, catalog.Account}
	if got := catalog.Groups(); !slices.Equal(got, want) {
		t.Errorf("groups %q, want %q", got, want)
	}
	for _, typ := range catalog.Types() {
		if !slices.Contains(catalog.Groups(), typ.Group) {
			t.Errorf("%s is of the group %q, which is not listed", typ.Name, typ.Group)
		}
	}
}

func TestLists(t *testing.T) {
	asked := catalog.Asked(catalog.Fitbit)
	for _, name := range []string{"heart_rate_zone_daily", "sleep_stage"} {
		if slices.Contains(names(asked), name) {
			t.Errorf("%s is asked for, though it is found elsewhere", name)
		}
	}
	own := named(func(t catalog.Type) bool {
		return t.Fitbit != nil && t.Fitbit.From == ""
	})
	if !slices.Equal(names(asked), own) {
		t.Errorf("types asked for: %q, want %q", names(asked), own)
	}
	all := catalog.Types()
	all[0].Name = "changed"
	if catalog.Types()[0].Name == "changed" {
		t.Error("Types gives out the table itself")
	}
	if _, ok := catalog.Lookup("no_such_type"); ok {
		t.Error("Lookup finds what is not there")
	}
	if o := mustLookup(t, "sleep").Origin("elsewhere"); o != nil {
		t.Errorf("an unknown source serves %+v", o)
	}
	if s := mustLookup(t, "sleep_stage").Staged(catalog.Fitbit); s != "sleep" {
		t.Errorf("stages are staged under %q", s)
	}
	if s := mustLookup(t, "sleep").Staged("elsewhere"); s != "" {
		t.Errorf("an unknown source stages under %q", s)
	}
}
