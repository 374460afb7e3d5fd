package tlschain

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"

	"github.com/tlschain/tlschain/scanner/kubernetes"
)

// errEnough ends a walk that nobody goes on with.
var errEnough = errors.New("enough")

// ReadCluster reads the TLS Secrets of a cluster, which f names as k8s://CONTEXT.
// failed is set when the walk has ended before all of them.
func (e *Engine) ReadCluster(ctx context.Context, cluster *kubernetes.Cluster, f File, failed *error) iter.Seq[Found] {
	return func(yield func(Found) bool) {
		of := kubernetes.Scheme + strings.TrimRight(strings.TrimPrefix(f.Name, kubernetes.Scheme), "/")
		err := cluster.Secrets(ctx, func(s kubernetes.Secret) error {
			one := f
			one.Name = of + "#" + s.Namespace + "/" + s.Name
			presented, err := e.ReadBytes(one, slices.Concat(s.Cert, []byte("\n"), s.Key))
			if !yield(Found{File: one.Name, Chain: presented, Err: err}) {
				return errEnough
			}
			return nil
		})
		if !errors.Is(err, errEnough) && ctx.Err() == nil {
			*failed = err
		}
	}
}
