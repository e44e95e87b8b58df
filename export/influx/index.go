package influx

import "context"

// IndexInMemory reports whether the server is an InfluxDB 1.x that tells that a part of the
// database has its index in memory (index-version = "inmem", its default). That index loses
// whole measurements, as the package influxtest tells. Versions 1.8 and 1.11 tell it to an
// admin; 1.6 does not (the tag indexType of SHOW STATS: tsdb/shard.go of each). The error is
// an *Error.
func (c *Client) IndexInMemory(ctx context.Context) (bool, error) {
	if c.dialect().flavor() != InfluxDB1 {
		return false, nil
	}
	rows, err := c.query(ctx, "ask for its index", "SHOW STATS FOR 'shard'")
	for _, row := range rows {
		if row.Tags["database"] == c.database && row.Tags["indexType"] == "inmem" {
			return true, err
		}
	}
	return false, err
}
