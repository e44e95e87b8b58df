package google

import (
	"encoding/json"
	"errors"
)

// Client is an OAuth client of a Cloud project.
type Client struct {
	ID, Secret   string
	RedirectURIs []string // of a web client, as they are registered
	Desktop      bool     // any loopback address may be its redirect
}

// ReadClientFile reads the JSON that the Google Cloud console offers for download where a
// client is made (section 2.5). Its errors tell what else a file is, and none of its words.
func ReadClientFile(b []byte) (Client, error) {
	type registered struct {
		ID        string   `json:"client_id"`
		Secret    string   `json:"client_secret"`
		Redirects []string `json:"redirect_uris"`
	}
	var f struct {
		Kind      string      `json:"type"`
		Installed *registered `json:"installed"`
		Web       *registered `json:"web"`
	}
	if !json.Valid(b) {
		return Client{}, errors.New("not the console's file: it is not JSON; download the OAuth client (Google Auth Platform, Clients)")
	}
	if err := json.Unmarshal(b, &f); err != nil {
		return Client{}, errors.New("not the console's file: it is not of its shape; download the OAuth client (Google Auth Platform, Clients)")
	}
	r := f.Installed
	switch {
	case f.Kind == "service_account":
		return Client{}, errors.New("this is the key of a service account, which cannot read a person's data: make an OAuth client of type Desktop app")
	case f.Kind != "":
		return Client{}, errors.New("these are credentials that another program made, not an OAuth client: download the client from the console (Google Auth Platform, Clients)")
	case f.Installed == nil && f.Web == nil:
		return Client{}, errors.New(`there is no OAuth client in it (neither "installed" nor "web"): download it from the console (Google Auth Platform, Clients)`)
	case r == nil:
		r = f.Web
	}
	if r.ID == "" || r.Secret == "" {
		return Client{}, errors.New("the OAuth client in it lacks its client_id or client_secret: the console shows a secret only once; add a new one there and download again")
	}
	return Client{ID: r.ID, Secret: r.Secret, RedirectURIs: r.Redirects, Desktop: f.Installed != nil}, nil
}
