package grafana_test

import (
	"context"
	"fmt"
	"maps"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
)

const root = ".."

var composeFiles = []string{"docker-compose.yml", "docker-compose-dev.yml"}

// settings are the environment names of fitvault that the files may use: those of the
// original exporter, those of Google's client, and those of the commands' flags.
// .env.example describes the first described of them.
var settings = []string{
	"GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET", "GOOGLE_REFRESH_TOKEN",
	"CLIENT_ID", "CLIENT_SECRET", "CALLBACK_URL", "ACCESS_TOKEN", "REFRESH_TOKEN", "EXPIRES_AT", "UNITS",
	"DB_HOST", "DB_PORT", "DB_USER", "DB_PASSWORD", "DB_NAME",
	"FITBIT_API_URL", "FITBIT_AUTH_URL", "GOOGLE_HEALTH_API_URL", "GOOGLE_AUTH_URL", "GOOGLE_TOKEN_URL",
	"FITVAULT_VAULT", "FITVAULT_ZONE", "FITVAULT_GOOGLE_RATE",
}

const described = 15

// load reads a compose file as `docker compose` does in a folder that holds it and, if
// dotenv is not empty, a file .env with that content. No other environment is seen.
func load(t *testing.T, name, dotenv string) *types.Project {
	t.Helper()
	dir := t.TempDir()
	data, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, name)
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if dotenv != "" {
		if err := os.WriteFile(filepath.Join(dir, ".env"), []byte(dotenv), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	options, err := cli.NewProjectOptions([]string{file},
		cli.WithWorkingDirectory(dir), cli.WithEnvFiles(), cli.WithDotEnv)
	if err != nil {
		t.Fatal(err)
	}
	project, err := options.LoadProject(context.Background())
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return project
}

func TestComposeServices(t *testing.T) {
	want := map[string][]string{
		"docker-compose.yml":     {"fitvault", "grafana", "influxdb"},
		"docker-compose-dev.yml": {"emulator", "fitvault", "grafana", "influxdb"},
	}
	for _, name := range composeFiles {
		t.Run(name, func(t *testing.T) {
			p := load(t, name, "")
			if got := p.ServiceNames(); !slices.Equal(got, want[name]) {
				t.Fatalf("services %v, want %v", got, want[name])
			}
			for name, s := range p.Services {
				if s.Build == nil && !regexp.MustCompile(`:\d+\.\d+`).MatchString(s.Image) {
					t.Errorf("%s: image %q has no pinned version", name, s.Image)
				}
				if s.Restart != types.RestartPolicyUnlessStopped {
					t.Errorf("%s: restart %q", name, s.Restart)
				}
				if s.Privileged || s.NetworkMode == "host" {
					t.Errorf("%s: has more rights than a container needs", name)
				}
				for dependency, d := range s.DependsOn {
					health := p.Services[dependency].HealthCheck
					if d.Condition == types.ServiceConditionHealthy && (health == nil || health.Disable) {
						t.Errorf("%s waits for the health of %s, which has no check", name, dependency)
					}
				}
			}
			if h := p.Services["fitvault"].HealthCheck; h != nil {
				t.Errorf("fitvault does not use the image's health check: %+v", h)
			}
			for _, name := range []string{"influxdb", "grafana"} {
				if h := p.Services[name].HealthCheck; h == nil || h.Disable || len(h.Test) < 2 {
					t.Errorf("%s has no health check", name)
				}
			}
			kept := map[string]string{"influxdb": "/var/lib/influxdb", "grafana": "/var/lib/grafana"}
			if name == "docker-compose.yml" {
				kept["fitvault"] = "/data"
			}
			for service, target := range kept {
				if !slices.ContainsFunc(p.Services[service].Volumes, func(v types.ServiceVolumeConfig) bool {
					_, declared := p.Volumes[v.Source]
					return v.Type == types.VolumeTypeVolume && v.Target == target && declared && !v.ReadOnly
				}) {
					t.Errorf("%s keeps %s in no named volume", service, target)
				}
			}
			if got := p.Services["influxdb"].Image; got != "influxdb:1.11" {
				t.Errorf("influxdb is %q", got)
			}
			if got := p.Services["influxdb"].Environment["INFLUXDB_DATA_INDEX_VERSION"]; got == nil || *got != "tsi1" {
				t.Error("influxdb keeps its index in memory, where it loses series")
			}
		})
	}
}

// The emulator's tokens die with it, so a vault that outlived it could not sign in.
func TestComposeDevVault(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(root, "Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	user := regexp.MustCompile(`(?m)^USER (\d+):(\d+)$`).FindSubmatch(data)
	if user == nil {
		t.Fatal("the image's user is no pair of numbers")
	}
	want := fmt.Sprintf("/data:uid=%s,gid=%s,mode=0700", user[1], user[2])
	if got := load(t, "docker-compose-dev.yml", "").Services["fitvault"].Tmpfs; !slices.Contains(got, want) {
		t.Errorf("tmpfs %q, want %q", got, want)
	}
}

// Containers of ours run as the image's user, which may not write outside the volume.
func TestComposeRights(t *testing.T) {
	for _, name := range composeFiles {
		for service, s := range load(t, name, "").Services {
			if s.Build == nil {
				continue
			}
			if s.User != "" {
				t.Errorf("%s: %s sets the user %q, which is the image's business", name, service, s.User)
			}
			if !s.ReadOnly || !slices.Equal(s.CapDrop, []string{"ALL"}) || !slices.Contains(s.SecurityOpt, "no-new-privileges:true") {
				t.Errorf("%s: %s has more rights than it needs", name, service)
			}
			if len(s.Entrypoint) > 0 {
				t.Errorf("%s: %s replaces the entrypoint, so that `run --rm %s login` fails", name, service, service)
			}
		}
	}
}

func TestComposePortsOnLoopback(t *testing.T) {
	for _, name := range composeFiles {
		p := load(t, name, "")
		for service, s := range p.Services {
			for _, port := range s.Ports {
				if ip := net.ParseIP(port.HostIP); ip == nil || !ip.IsLoopback() {
					t.Errorf("%s: %s publishes %s on %q", name, service, port.Published, port.HostIP)
				}
			}
		}
		if got := p.Services["emulator"].Ports; len(got) > 0 {
			t.Errorf("%s: the emulator is published: %v", name, got)
		}
	}
}

func TestComposeBindMountsExist(t *testing.T) {
	for _, name := range composeFiles {
		p := load(t, name, "")
		n := 0
		for service, s := range p.Services {
			for _, v := range s.Volumes {
				if v.Type != types.VolumeTypeBind {
					continue
				}
				n++
				rel, err := filepath.Rel(p.WorkingDir, v.Source)
				if err != nil || !filepath.IsLocal(rel) {
					t.Errorf("%s: %s mounts %s, which is outside the repository", name, service, v.Source)
					continue
				}
				if _, err := os.Stat(filepath.Join(root, rel)); err != nil {
					t.Errorf("%s: %s mounts a missing path: %v", name, service, err)
				}
				if !v.ReadOnly {
					t.Errorf("%s: %s may write to %s", name, service, rel)
				}
			}
		}
		if n == 0 {
			t.Errorf("%s mounts nothing from the repository", name)
		}
	}
}

func TestComposeSettings(t *testing.T) {
	for _, name := range composeFiles {
		p := load(t, name, "")
		for _, service := range []string{"fitvault", "emulator"} {
			for key, value := range p.Services[service].Environment {
				if !slices.Contains(settings, key) {
					t.Errorf("%s: %s is given %s, which is no setting", name, service, key)
				}
				if value != nil && *value == "" {
					t.Errorf("%s: %s is given an empty %s", name, service, key)
				}
			}
		}
		env := p.Services["fitvault"].Environment
		for key, want := range map[string]string{"DB_HOST": "influxdb", "DB_PORT": "8086", "DB_NAME": "fitbit"} {
			if got := env[key]; got == nil || *got != want {
				t.Errorf("%s: %s is not %s", name, key, want)
			}
		}
		if got := *p.Services["influxdb"].Environment["INFLUXDB_DB"]; got != *env["DB_NAME"] {
			t.Errorf("%s: InfluxDB makes the database %s, fitvault writes to %s", name, got, *env["DB_NAME"])
		}
	}
}

// The dev stack signs in with what its emulator accepts.
func TestComposeDevAccount(t *testing.T) {
	p := load(t, "docker-compose-dev.yml", "CLIENT_ID=mine\nDB_HOST=elsewhere\n")
	emulator, fitvault := p.Services["emulator"], p.Services["fitvault"]
	for _, key := range []string{"CLIENT_ID", "CLIENT_SECRET", "REFRESH_TOKEN", "GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET", "GOOGLE_REFRESH_TOKEN"} {
		e, f := emulator.Environment[key], fitvault.Environment[key]
		if e == nil || f == nil || *e != *f || !strings.HasPrefix(*e, "dev-") {
			t.Errorf("%s differs between emulator and fitvault, or comes from .env", key)
		}
	}
	listen := emulator.Command[slices.Index(emulator.Command, "--listen")+1]
	_, port, err := net.SplitHostPort(listen)
	if err != nil {
		t.Fatal(err)
	}
	for key, path := range map[string]string{"FITBIT_API_URL": "", "FITBIT_AUTH_URL": "", "GOOGLE_HEALTH_API_URL": "",
		"GOOGLE_AUTH_URL": "/o/oauth2/v2/auth", "GOOGLE_TOKEN_URL": "/token"} {
		if got := fitvault.Environment[key]; got == nil || *got != "http://emulator:"+port+path {
			t.Errorf("%s does not lead to the emulator", key)
		}
	}
	if got := *fitvault.Environment["DB_HOST"]; got != "influxdb" {
		t.Errorf(".env reaches the dev stack: DB_HOST is %s", got)
	}
}

// The original exporter's names reach fitvault from .env, and each example can be used.
func TestComposeDotenv(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(root, ".env.example"))
	if err != nil {
		t.Fatal(err)
	}
	if p := load(t, "docker-compose.yml", string(data)); len(p.Services["fitvault"].Environment) != 3 {
		t.Errorf(".env.example as it is sets something: %v", slices.Sorted(maps.Keys(p.Services["fitvault"].Environment)))
	}

	var dotenv strings.Builder
	values := map[string]string{}
	for i, m := range regexp.MustCompile(`(?m)^#([A-Z_]+)=`).FindAllStringSubmatch(string(data), -1) {
		key, value := m[1], "value-"+strconv.Itoa(i)
		values[key] = value
		dotenv.WriteString(key + "=" + value + "\n")
	}
	for _, key := range settings[:described] {
		if values[key] == "" {
			t.Errorf(".env.example does not describe %s", key)
		}
	}
	p := load(t, "docker-compose.yml", dotenv.String())
	for key, value := range values {
		if key == "GRAFANA_PASSWORD" {
			if got := *p.Services["grafana"].Environment["GF_SECURITY_ADMIN_PASSWORD"]; got != value {
				t.Errorf("Grafana's password is %q, want %q", got, value)
			}
			continue
		}
		if !slices.Contains(settings, key) {
			t.Errorf(".env.example describes %s, which is no setting", key)
		}
		if got := p.Services["fitvault"].Environment[key]; got == nil || *got != value {
			t.Errorf("%s=%s in .env does not reach fitvault", key, value)
		}
	}
	influx, grafana := p.Services["influxdb"].Environment, p.Services["grafana"].Environment
	if got := *influx["INFLUXDB_HTTP_AUTH_ENABLED"]; got != "true" {
		t.Errorf("InfluxDB asks for no password though DB_USER is set: %q", got)
	}
	for _, got := range []*string{influx["INFLUXDB_ADMIN_USER"], influx["INFLUX_USERNAME"], grafana["DB_USER"]} {
		if *got != values["DB_USER"] {
			t.Errorf("the database's user is %q in one place", *got)
		}
	}
	for _, got := range []*string{influx["INFLUXDB_ADMIN_PASSWORD"], influx["INFLUX_PASSWORD"], grafana["DB_PASSWORD"]} {
		if *got != values["DB_PASSWORD"] {
			t.Errorf("the database's password is %q in one place", *got)
		}
	}
}

func TestProvisioningVariables(t *testing.T) {
	data, err := os.ReadFile("provisioning/datasources/influxdb.yml")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range composeFiles {
		grafana := load(t, name, "").Services["grafana"]
		for _, m := range regexp.MustCompile(`\$\{(\w+)\}`).FindAllStringSubmatch(string(data), -1) {
			if _, ok := grafana.Environment[m[1]]; !ok {
				t.Errorf("%s: Grafana does not get %s, which its data source reads", name, m[1])
			}
		}
		if got := *grafana.Environment["DB_URL"]; got != "http://influxdb:8086" {
			t.Errorf("%s: Grafana reads from %s", name, got)
		}
	}
}

// The dashboards lie where the provider looks for them.
func TestProvisioningPath(t *testing.T) {
	data, err := os.ReadFile("provisioning/dashboards/fitvault.yml")
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`(?m)^\s+path: (\S+)$`).FindSubmatch(data)
	if m == nil {
		t.Fatal("the provider has no path")
	}
	for _, name := range composeFiles {
		p := load(t, name, "")
		grafana := p.Services["grafana"]
		i := slices.IndexFunc(grafana.Volumes, func(v types.ServiceVolumeConfig) bool { return v.Target == string(m[1]) })
		if i < 0 {
			t.Errorf("%s: nothing is mounted on %s", name, m[1])
			continue
		}
		if rel, _ := filepath.Rel(p.WorkingDir, grafana.Volumes[i].Source); rel != "grafana/dashboards" {
			t.Errorf("%s: %s is mounted from %s", name, m[1], rel)
		}
		if got, want := *grafana.Environment["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"], string(m[1])+"/fitvault.json"; got != want {
			t.Errorf("%s: the first page is %s, want %s", name, got, want)
		}
	}
}

func TestDockerfile(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(root, "Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(string(data), "\\\n", " ")
	// The last stage is the image; each of its instructions on a line of its own.
	stages := regexp.MustCompile(`(?m)^FROM `).Split(text, -1)
	build, image := stages[1], stages[len(stages)-1]
	get := func(instruction string) []string {
		var out []string
		for _, m := range regexp.MustCompile(`(?m)^`+instruction+`\s+(.+)$`).FindAllStringSubmatch(image, -1) {
			out = append(out, strings.Join(strings.Fields(m[1]), " "))
		}
		return out
	}

	user := get("USER")
	if len(user) != 1 {
		t.Fatalf("USER %v", user)
	}
	if uid, _, _ := strings.Cut(user[0], ":"); !regexp.MustCompile(`^[1-9]\d*$`).MatchString(uid) {
		t.Errorf("the user is %q, want a number that is not root's", user[0])
	}
	if got := get("VOLUME"); !slices.Equal(got, []string{"/data"}) {
		t.Errorf("VOLUME %v", got)
	}
	if got := get("ENTRYPOINT"); !slices.Equal(got, []string{`["/fitvault"]`}) {
		t.Errorf("ENTRYPOINT %v", got)
	}
	if got := get("CMD"); !slices.Equal(got, []string{`["run"]`}) {
		t.Errorf("CMD %v", got)
	}
	if got := get("HEALTHCHECK"); len(got) != 1 || !strings.HasSuffix(got[0], `CMD ["/fitvault", "status", "--live"]`) {
		t.Errorf("HEALTHCHECK %v", got)
	}
	env := strings.Join(get("ENV"), " ")
	if !strings.Contains(env, "FITVAULT_VAULT=/data/fitvault.db") {
		t.Errorf("ENV %s", env)
	}
	for _, m := range regexp.MustCompile(`(FITVAULT_\w+)=`).FindAllStringSubmatch(env, -1) {
		if !slices.Contains(settings, m[1]) {
			t.Errorf("ENV sets %s, which is no setting", m[1])
		}
	}
	copies := strings.Join(get("COPY"), "\n")
	for _, want := range []string{"--chown=" + user[0] + " /writable/ /", "ca-certificates.crt", "zoneinfo.zip"} {
		if !strings.Contains(copies, want) {
			t.Errorf("the image lacks %q:\n%s", want, copies)
		}
	}
	// A volume that is declared before its folder has its owner would belong to root.
	if strings.Index(image, "\nVOLUME") < strings.Index(image, "/writable/ /") {
		t.Error("VOLUME stands before the folder is copied")
	}
	if !strings.HasPrefix(image, "scratch\n") {
		t.Errorf("the image is not built from scratch")
	}
	for _, want := range []string{"CGO_ENABLED=0", "-trimpath", "-X main.version=", "mkdir -p -m 0700 /writable/data"} {
		if !strings.Contains(build, want) {
			t.Errorf("the build lacks %q", want)
		}
	}
}

// What the image is built from is in the build context, and nothing secret is.
func TestDockerignore(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(root, ".dockerignore"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(data)), "\n")
	if !slices.Contains(lines, "*") {
		t.Fatal("everything goes to the builder")
	}
	files, err := filepath.Glob(filepath.Join(root, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		name := filepath.Base(path)
		if fi, err := os.Stat(path); err != nil || !fi.IsDir() || !hasGo(t, path) || name == "grafana" {
			continue
		}
		if !slices.Contains(lines, "!"+name) {
			t.Errorf("the builder does not get %s", name)
		}
	}
}

// hasGo looks at every file below dir.
func hasGo(t *testing.T, dir string) bool {
	found := false
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		found = found || strings.HasSuffix(path, ".go")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
