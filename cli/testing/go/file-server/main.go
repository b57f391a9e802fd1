// Command file-server serves a folder over HTTP on port 8080 of the pod that it runs in, for tests: charts, where the
// repositories of their projects cannot be reached.
//
// Usage: file-server <folder>
package main

import (
	"log"
	"net/http"
	"os"
)

func main() {
	log.Fatal(http.ListenAndServe(":8080", http.FileServer(http.Dir(os.Args[1]))))
}
