package page

import (
	"context"
	"io"

	"offboard/internal/sandbox/town"
)

func Serve(ctx context.Context, addr string, t *town.Town, out io.Writer) error {
	<-ctx.Done()
	return nil
}
