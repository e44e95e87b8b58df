package influx

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// Error is a request that did not succeed, after all repeats. Ask its methods what to do;
// the status and the message are for people. It never holds a password or token.
type Error struct {
	Op       string // what was asked for, e.g. "write a batch of 500"
	Server   string // what it is; see Client.Name
	URL      string // of the server, without credentials
	Database string
	Status   int    // of the last answer; 0 when none came
	Message  string // the server's words
	Err      error  // why no answer came, or none that could be read

	html       bool // the answer was a web page: something else than InfluxDB spoke
	stopped    bool // the caller's context ended
	retryAfter time.Duration
	tries      int
	flavor     string
	user       string
	token      bool   // one was sent
	remedy     string // overrides what the status suggests
}

// Error names the server, the database, the cause and what to do.
func (e *Error) Error() string {
	parts := []string{fmt.Sprintf("%s at %s, database %q: %s", orDefault(e.Server, "InfluxDB"), e.URL, e.Database, e.Op)}
	if e.Status != 0 && e.Status != http.StatusOK {
		parts = append(parts, fmt.Sprintf("%d %s", e.Status, http.StatusText(e.Status)))
	}
	if e.Message != "" {
		parts = append(parts, e.Message)
	}
	if e.Err != nil {
		parts = append(parts, e.Err.Error())
	}
	s := strings.Join(parts, ": ")
	if e.tries > 1 {
		s += fmt.Sprintf(" (tried %d times)", e.tries)
	}
	if a := e.Remedy(); a != "" {
		s += "; " + a
	}
	return s
}

// Unwrap returns the fault below, such as the network's error or the context's.
func (e *Error) Unwrap() error { return e.Err }

// Temporary reports that the same request may succeed later: too many requests, a fault
// of the server or of a proxy before it, or of the network. It has been repeated already.
func (e *Error) Temporary() bool {
	var untrusted *tls.CertificateVerificationError
	switch {
	case e.stopped || errors.As(e.Err, &untrusted) || e.NotFound():
		return false
	case e.Err != nil, e.Status == http.StatusOK && e.Message == dropping:
		return true
	}
	return e.Status == http.StatusTooManyRequests || e.Status == http.StatusRequestTimeout || e.Status >= 500
}

// dropping is what influxd answers to a DELETE while it drops a shard of any database, as
// its retention does now and then: to find the measurement it looks into all shards.
const dropping = "engine is closed"

// answered reports that an answer came, whatever it said.
func (e *Error) answered() bool { return e.Status != 0 && e.Err == nil }

// Unauthorized reports that the user or token is unknown, the password wrong, or the right
// missing.
func (e *Error) Unauthorized() bool {
	return e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden
}

// NotFound reports that the database does not exist, or the retention policy or bucket that
// stands for it.
func (e *Error) NotFound() bool { return e.Status != 0 && missing.MatchString(e.Message) }

// missing is what the servers say, with status 404, with 500 (a retention policy of 1.x), and
// inside an answer of 200.
var missing = regexp.MustCompile(`(?i)\bdatabase( .+)? not found|retention policy not found|` +
	`no dbrp mappings? found|no bucket has this name|bucket "[^"]*" not found`)

// Refused reports that the server will never take this batch as it is: a line does not
// parse, a field has another kind than the database holds, a point is older than the
// retention keeps, or the batch is too big. The server may have stored the other points, so
// sending the halves, down to the line that is refused, is safe and ends.
func (e *Error) Refused() bool {
	unfit := e.Status == http.StatusBadRequest || e.Status == http.StatusUnprocessableEntity
	return e.Status == http.StatusRequestEntityTooLarge || unfit && !e.html && !e.NotFound()
}

// Remedy says what to do about the error; "" when there is no telling.
func (e *Error) Remedy() string {
	switch {
	case e.stopped || e.remedy != "":
		return e.remedy
	case e.Unauthorized():
		return e.credentials()
	case e.NotFound() && e.flavor == InfluxDB2:
		return makeBucket(e.Database)
	case e.NotFound():
		return "it was there when the export began; run the export again to create it"
	case e.Status == http.StatusRequestEntityTooLarge:
		return "the server or a proxy before it takes smaller requests only"
	case e.Refused() && strings.Contains(e.Message, "field type conflict"):
		return "export into another database, or remove what is there with DROP MEASUREMENT and export with --rebuild"
	case e.Refused() && strings.Contains(e.Message, "invalid column type"):
		return "export into another database, or remove what is there with influxdb3 delete table and export with --rebuild"
	case e.Status >= 300 && e.Status < 400:
		return "use the address that it redirects to"
	case e.retryAfter > 0:
		return fmt.Sprintf("the server asks to wait %s", e.retryAfter)
	case e.Status == 0 && e.Temporary():
		return "check the address and that InfluxDB is running there"
	case e.Temporary():
		return "try again later; what was acknowledged is saved"
	case e.html || e.Status == http.StatusNotFound:
		return "this does not look like InfluxDB: check the address"
	}
	return ""
}

// unknown is the flavor of a server that was not asked yet, or gave no answer.
const unknown = "unknown"

// credentials says what to do about those that were sent, or were not.
func (e *Error) credentials() string {
	denied := e.Status == http.StatusForbidden
	switch {
	case e.token && denied && e.flavor == InfluxDB2:
		return "give a token that may read and write the bucket: influx auth create --read-bucket ID --write-bucket ID"
	case e.token && denied:
		return "give a token that may read and write the database"
	case e.token:
		return "check the token: the server does not know it"
	case e.flavor == InfluxDB2 || e.flavor == InfluxDB3:
		return "the server wants a token"
	case denied && e.flavor == VictoriaMetrics:
		return "the user may not do this: look at what stands before the server"
	case denied:
		return fmt.Sprintf("an admin of the server must run: GRANT ALL ON %s TO %s", ident(e.Database), ident(orDefault(e.user, "user")))
	case e.user == "" && e.flavor == unknown:
		return "the server wants a user name and password, or a token"
	case e.user == "":
		return "the server wants a user name and password"
	}
	return fmt.Sprintf("check the password of user %q", e.user)
}
