package redis

import (
	_ "embed" // the scripts

	"github.com/redis/go-redis/v9"
)

//go:embed append.lua
var appendSource string

//go:embed claim.lua
var claimSource string

//go:embed renew.lua
var renewSource string

//go:embed found.lua
var foundSource string

//go:embed load.lua
var loadSource string

//go:embed inspect.lua
var inspectSource string

var (
	appendScript = redis.NewScript(appendSource)
	claimScript  = redis.NewScript(claimSource)
	renewScript  = redis.NewScript(renewSource)
	loadScript   = redis.NewScript(loadSource)
	foundScript  = redis.NewScript(foundSource)

	inspectScript = redis.NewScript(inspectSource)
)
