package export

import (
	"context"
	"slices"

	"fitvault/store/catalog"
)

// DeviceError says that a schema names the tracker, and the vault knows of none.
type DeviceError struct{ Schema string }

func (e *DeviceError) Error() string {
	return "the schema " + e.Schema + " names the tracker in every point, and no device is staged: name it with --device"
}

// tracker returns the name of the tracker that synced last, by the newest answers that tell
// of one. Without any the error is a *DeviceError.
func (v *vault) tracker(ctx context.Context) (string, error) {
	t, _ := catalog.Lookup("device")
	var newest catalog.Point
	for _, s := range catalog.APIs() {
		claims, err := v.claims(ctx, t, s, t.Origin(s), nil)
		if err != nil {
			return "", err
		}
		for _, c := range slices.Backward(claims) {
			p, found := lastSynced(v.read(ctx, t, c.piece, c.Span, 0).all())
			if found && p.Time.After(newest.Time) {
				newest = p
			}
			if found {
				break
			}
		}
	}
	if name := tag(newest, "device"); name != "" {
		return name, ctx.Err()
	}
	return "", &DeviceError{v.schema.Name}
}

// lastSynced returns the point of the tracker with a name that synced last.
func lastSynced(points []catalog.Point) (newest catalog.Point, found bool) {
	for _, p := range points {
		if tag(p, "kind") == "tracker" && tag(p, "device") != "" && (!found || p.Time.After(newest.Time)) {
			newest, found = p, true
		}
	}
	return newest, found
}

func tag(p catalog.Point, key string) string {
	for _, t := range p.Tags {
		if t.Key == key {
			return t.Value
		}
	}
	return ""
}
