package browsertest

import (
	"bytes"
	"cmp"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"maps"
	"os"
	"slices"

	"github.com/chromedp/chromedp"
)

// Screenshot writes what the window shows to a PNG file.
func (t *Tab) Screenshot(path string) {
	t.t.Helper()
	raw, err := chromedp.Run(t.ctx, chromedp.CaptureScreenshot())
	if err == nil {
		raw, err = smaller(raw)
	}
	if err != nil {
		t.t.Fatalf("screenshot: %v", err)
	}
	const readable = 0o644
	if err := os.WriteFile(path, raw, readable); err != nil {
		t.t.Fatal(err)
	}
}

// smaller gives a PNG with the 256 colours that it has most of, which is less than half of it, as what is committed had better be. Of a page's edges of
// letters nobody misses the others.
func smaller(raw []byte) ([]byte, error) {
	full, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("decode: %w", err)
	}
	of := map[color.Color]int{} // how many dots have the colour
	size := full.Bounds()
	each(size, func(x, y int) { of[full.At(x, y)]++ })
	most := slices.SortedFunc(maps.Keys(of), func(a, b color.Color) int {
		return cmp.Or(of[b]-of[a], cmp.Compare(fmt.Sprint(a), fmt.Sprint(b))) // the same picture gives the same bytes
	})
	const colours = 256
	few := image.NewPaletted(size, color.Palette(most[:min(len(most), colours)]))
	nearest := map[color.Color]uint8{}
	for _, c := range most {
		nearest[c] = uint8(few.Palette.Index(c)) //nolint:gosec // of 256
	}
	each(size, func(x, y int) { few.SetColorIndex(x, y, nearest[full.At(x, y)]) })
	var out bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := encoder.Encode(&out, few); err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	return out.Bytes(), nil
}

func each(r image.Rectangle, do func(x, y int)) {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			do(x, y)
		}
	}
}
