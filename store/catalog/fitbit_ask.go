package catalog

import (
	"strings"
	"time"
)

// fitbitDaily is a daily series of the legacy Web API, read by one of its shapes into a
// field.
func fitbitDaily(resource string, days int, scope string, shape fitbitShape, s *Series, field string) *Origin {
	ask := fitbitSeries(resource, days, scope)
	return &Origin{Ask: ask, Read: shape(ask.Root, s, field)}
}

// How old an answer over a day that is not over may grow, where it is not half a day. There are
// 150 calls an hour, and each type is one of them: what people look at in the course of a day
// comes first.
const (
	hourly = time.Hour
	often  = 4 * time.Hour
	seldom = 8 * time.Hour
	rarely = 24 * time.Hour
)

// refreshed returns an origin whose answers over a day that is not over may grow so old.
func refreshed(every time.Duration, o *Origin) *Origin {
	o.Ask.Refresh = every
	return o
}

// fitbitSeries asks for a daily series of the legacy Web API. Its root member is the
// resource with dashes.
func fitbitSeries(resource string, days int, scope string) Ask {
	return Ask{
		Path: "/1/user/-/" + resource + "/date/{from}/{to}.json", Days: days, Scope: scope,
		Root: strings.ReplaceAll(resource, "/", "-"), DateKey: "dateTime", Dense: true,
	}
}

// fitbitOfDay asks for one day of what tells it without a date.
func fitbitOfDay(path, scope, root string) Ask {
	return Ask{Path: path, Days: 1, Scope: scope, Root: root}
}

// fitbitState asks for what has no range.
func fitbitState(path, scope string) *Origin { return &Origin{Ask: Ask{Path: path, Scope: scope}} }

// fitbitList asks for a list of the legacy Web API, in pages (section 5.7). The whole history
// is one window.
func fitbitList(path, scope, root, dateKey string, pageSize int) Ask {
	return Ask{Op: Cursor, Path: path, Days: 36500, Scope: scope, Root: root, DateKey: dateKey, PageSize: pageSize}
}
