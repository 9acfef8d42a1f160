package redis_test

import (
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"offboard/internal/journal/redis/redistest"
)

// TestTLS: the certificate is verified, against the given authorities where there are any.
func TestTLS(t *testing.T) {
	t.Parallel()
	web := httptest.NewTLSServer(http.NotFoundHandler()) // for its certificate alone, which is good for 127.0.0.1
	web.Close()
	own := web.TLS.Certificates[0]
	key, err := x509.MarshalPKCS8PrivateKey(own.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: own.Certificate[0]})
	s := redistest.Start(t, append(redistest.Durable(), "--tls-auth-clients", "no",
		"--tls-cert-file", writeFile(t, certificate),
		"--tls-key-file", writeFile(t, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})))...)
	port := strconv.Itoa(s.Port + 10000)
	s.Must(t, "CONFIG", "SET", "tls-port", port)

	o := strict(s, "p")
	o.Addrs, o.TLS = []string{"127.0.0.1:" + port}, true
	fails(t, o, "its certificate is not trusted")
	o.CA = certificate
	put(t, open(t, o), sure("log", 0))
	o.CA = []byte("nothing")
	fails(t, o, "no certificate in PEM")
}

func writeFile(t *testing.T, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file.pem")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
