package properties

import (
	"testing"

	"github.com/glancegate/glancegate/integration/registrytest"
)

func TestMain(m *testing.M) { registrytest.Main(m) }
