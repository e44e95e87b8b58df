package influx

import (
	"os"
	"testing"

	"fitvault/export/influx/influxtest"
)

func TestMain(m *testing.M) { os.Exit(influxtest.Main(m)) }
