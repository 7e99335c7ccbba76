package sqlite

import (
	"slices"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// sameState reports whether two states are the same but for arrivals.
func sameState(a, b *fold.State) bool {
	return a.OTel == b.OTel &&
		slices.EqualFunc(a.Registers, b.Registers, func(x, y fold.Register) bool {
			return x.Field == y.Field && x.Default == y.Default && sameEvent(x.Key, y.Key) && x.Value.Equal(y.Value)
		}) &&
		slices.EqualFunc(a.Tags, b.Tags, func(x, y fold.Tag) bool {
			return x.Name == y.Name && x.Removed == y.Removed && sameEvent(x.Key, y.Key)
		}) &&
		sameLeafs(a.Metadata, b.Metadata)
}

func sameLeafs(a, b fold.Leafs) bool {
	ma, ka, wholeA := a.Whole()
	mb, kb, wholeB := b.Whole()
	if wholeA != wholeB {
		return false
	}
	if wholeA {
		return sameMetadata(ma, mb) && (ma.Empty() || sameEvent(ka, kb))
	}
	return slices.EqualFunc(a.Leaves(), b.Leaves(), func(x, y fold.Leaf) bool {
		return slices.Equal(x.Path, y.Path) && x.JSON == y.JSON && x.Ref == y.Ref && x.Size == y.Size && sameEvent(x.Key, y.Key)
	})
}

func sameMetadata(a, b trace.Metadata) bool {
	return a.Object == b.Object && slices.EqualFunc(a.Blobs, b.Blobs, func(x, y trace.BlobLeaf) bool {
		return x.Ref == y.Ref && x.Size == y.Size && slices.Equal(x.Path, y.Path)
	})
}

// sameContent reports whether two states say the same, whenever it was said: a
// field that is null is as good as absent.
func sameContent(a, b *fold.State) bool {
	if a.OTel != b.OTel {
		return false
	}
	i, j := 0, 0
	for {
		for i < len(a.Registers) && a.Registers[i].Value.Null {
			i++
		}
		for j < len(b.Registers) && b.Registers[j].Value.Null {
			j++
		}
		if i == len(a.Registers) || j == len(b.Registers) {
			break
		}
		x, y := &a.Registers[i], &b.Registers[j]
		if x.Field != y.Field || x.Default != y.Default || !x.Value.Equal(y.Value) {
			return false
		}
		i++
		j++
	}
	return i == len(a.Registers) && j == len(b.Registers) &&
		slices.Equal(a.TagNames(), b.TagNames()) && sameMetadata(a.Metadata.Object(), b.Metadata.Object())
}
