package emulator

import (
	"fmt"
	"net/http"
)

// googleRefusal is an error in the envelope of Google sheet 7.
type googleRefusal struct {
	status   int
	code     string // canonical name
	message  string
	reason   string // ErrorInfo; empty: no details
	domain   string // default health.googleapis.com
	metadata [][2]string
	header   [][2]string
}

const healthDomain = "health.googleapis.com"

func (r *googleRefusal) answer() answer {
	var w jsonWriter
	w.open("")
	w.open("error")
	w.i32("code", r.status)
	w.str("message", r.message)
	w.str("status", r.code)
	if r.reason != "" {
		domain := r.domain
		fill(&domain, healthDomain)
		w.openList("details")
		w.open("")
		w.str("@type", "type.googleapis.com/google.rpc.ErrorInfo")
		w.str("reason", r.reason)
		w.str("domain", domain)
		if len(r.metadata) > 0 {
			w.open("metadata")
			for _, m := range r.metadata {
				w.str(m[0], m[1])
			}
			w.close()
		}
		w.close()
		w.closeList()
	}
	w.close()
	w.close()
	a := newAnswer(r.status, googleJSON, w.buf)
	for _, h := range r.header {
		a.header.Set(h[0], h[1])
	}
	return a
}

const googleJSON = "application/json; charset=UTF-8"

func invalidArgument(reason, format string, args ...any) *googleRefusal {
	return &googleRefusal{
		status: http.StatusBadRequest, code: "INVALID_ARGUMENT", reason: reason, message: fmt.Sprintf(format, args...),
	}
}

// badFilter names the fault in the metadata, where clients have to look for it.
func badFilter(detail, format string, args ...any) *googleRefusal {
	r := invalidArgument("INVALID_DATA_POINT_FILTER", format, args...)
	r.metadata = [][2]string{{"detailedReasons", "INVALID_DATA_POINT_FILTER_" + detail}}
	return r
}

func denied(reason, domain, message string, metadata ...[2]string) *googleRefusal {
	return &googleRefusal{
		status: http.StatusForbidden, code: "PERMISSION_DENIED", reason: reason, domain: domain,
		message: message, metadata: metadata,
	}
}

var projectMetadata = [][2]string{{"service", healthDomain}, {"consumer", "projects/100000000001"}}

// googleNotFound is the front end's page for paths and verbs that do not exist.
func googleNotFound() answer {
	return newAnswer(http.StatusNotFound, "text/html; charset=UTF-8", []byte(
		"<!DOCTYPE html>\n<html lang=en>\n<title>Error 404 (Not Found)!!1</title>\n"+
			"<p><b>404.</b> <ins>That’s an error.</ins>\n<p>The requested URL was not found on this server.\n"))
}

// missingPoint is a record that is not, or is no longer, there.
func missingPoint() *googleRefusal {
	return &googleRefusal{status: http.StatusNotFound, code: "NOT_FOUND", message: "Requested entity was not found."}
}
