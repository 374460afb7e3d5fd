package kubernetes_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"os"

	"github.com/tlschain/tlschain/scanner/kubernetes"
)

// The TLS Secrets that a kubeconfig's current context may list.
func Example() {
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"items": [{"metadata": {"namespace": "shop", "name": "www"}, "data": {"tls.crt": "", "tls.key": ""}}]}`)
	}))
	defer api.Close()
	file, err := os.CreateTemp("", "kubeconfig")
	if err != nil {
		log.Fatal(err)
	}
	defer os.Remove(file.Name())
	fmt.Fprintf(file, "current-context: c\ncontexts: [{name: c, context: {cluster: c}}]\nclusters: [{name: c, cluster: {server: %q}}]\n", api.URL)
	file.Close()

	cluster, err := kubernetes.Open("k8s://", func(name string) string { return map[string]string{"KUBECONFIG": file.Name()}[name] })
	if err != nil {
		log.Fatal(err)
	}
	err = cluster.Secrets(context.Background(), func(s kubernetes.Secret) error {
		fmt.Println(s.Namespace, s.Name)
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}
	// Output:
	// shop www
}
