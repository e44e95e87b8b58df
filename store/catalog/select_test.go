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

func TestSelect(t *testing.T) {
	every := names(catalog.Types())
	for _, c := range []struct{ words, want []string }{
		{nil, every},
		{[]string{"all"}, every},
		{[]string{"weight", "all"}, every},
		{[]string{"weight"}, []string{"weight"}},
		{[]string{"night"}, []string{"sleep", "sleep_stage"}},
		{[]string{"account"}, []string{"profile", "device"}},
		{[]string{"intraday"}, nil}, // has no type yet
		{[]string{"intraday", "weight"}, []string{"weight"}},
		{[]string{"intraday", "all"}, every},
		{[]string{"body_daily"}, []string{"body_daily.weight_kg", "body_daily.bmi", "body_daily.fat_pct"}},
		{[]string{"nutrition_daily.calories_kcal"}, []string{"nutrition_daily.calories_kcal"}},
		{[]string{"weight", "sleep", "weight"}, []string{"sleep", "weight"}}, // in the order of the table, once
		{[]string{"logs", "body_fat"}, []string{"weight", "body_fat", "nutrition_daily.calories_kcal", "hydration"}},
	} {
		got, err := catalog.Select(c.words)
		if err != nil || !slices.Equal(names(got), c.want) {
			t.Errorf("%q selects %q, error %v; want %q", c.words, names(got), err, c.want)
		}
	}
	for _, w := range []string{"", "steps", "Weight", "activity_daily.", "fitbit"} {
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
	if len(asked) != len(catalog.Types())-2 {
		t.Errorf("%d types are asked for", len(asked))
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
