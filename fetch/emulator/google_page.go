package emulator

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
)

// token64 is a page token: where to go on, sealed together with the request it
// belongs to (rule 10 of Google sheet 10).
func (s *Server) token64(binding string, c cursor) string {
	raw := binary.BigEndian.AppendUint64(nil, uint64(c.at))
	raw = binary.BigEndian.AppendUint32(raw, uint32(c.skip))
	return base64.RawURLEncoding.EncodeToString(append(raw, s.seal(binding, raw)...))
}

func (s *Server) seal(binding string, raw []byte) []byte {
	mac := hmac.New(sha256.New, binary.BigEndian.AppendUint64(nil, s.options.Seed))
	fmt.Fprintf(mac, "page/%s\n", binding)
	mac.Write(raw)
	return mac.Sum(nil)[:9]
}

// readToken refuses tokens of other requests and foreign ones.
func (s *Server) readToken(binding, token string) (cursor, *googleRefusal) {
	if token == "" {
		return cursor{}, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(raw) != 21 || !hmac.Equal(raw[12:], s.seal(binding, raw[:12])) {
		return cursor{}, invalidArgument("", "The page token is invalid for this request.")
	}
	return cursor{true, int64(binary.BigEndian.Uint64(raw)), int(binary.BigEndian.Uint32(raw[8:]))}, nil
}

func googleData(body []byte) answer {
	a := newAnswer(200, googleJSON, body)
	a.whole = true
	return a
}
