// Compiles nothing: pins the modules that the definitions of components' kinds are taken from.
module platform.local/tools/components

go 1.26.0

require (
	github.com/external-secrets/external-secrets v1.3.2
	github.com/kedacore/keda/v2 v2.21.0
)
