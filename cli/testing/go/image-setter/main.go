// Sets image tags at their markers, as Flux's image-automation-controller does: the library that reads and writes YAML is the
// same one with the same settings, and so is what it does to the rest of a file. The controller itself is not served as a module.
//
//	image-setter <folder> <namespace>:<policy>=<tag> …
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

func main() {
	tags := map[string]string{}
	for _, pair := range os.Args[2:] {
		policy, tag, _ := strings.Cut(pair, "=")
		tags[policy+":tag"] = tag
	}
	if err := setAll(os.Args[1], tags); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func setAll(root string, tags map[string]string) error {
	return filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			if err == nil && (entry.Name() == ".git" || entry.Name() == "node_modules") {
				return fs.SkipDir
			}
			return err
		}
		if extension := filepath.Ext(path); extension != ".yaml" && extension != ".yml" {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil || !bytes.Contains(text, []byte(`"$imagepolicy"`)) {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		return setInFile(root, name, text, tags)
	})
}

func setInFile(root, name string, text []byte, tags map[string]string) error {
	reader := kio.ByteReader{
		Reader:            bytes.NewReader(text),
		SetAnnotations:    map[string]string{kioutil.PathAnnotation: name},
		PreserveSeqIndent: true,
	}
	nodes, err := reader.Read()
	if err != nil {
		return nil // the controller leaves out what it cannot read
	}
	changed := false
	for _, node := range nodes {
		changed = setInNode(node.YNode(), tags) || changed
	}
	if !changed {
		return nil
	}
	return kio.LocalPackageWriter{PackagePath: root}.Write(nodes)
}

func setInNode(node *yaml.Node, tags map[string]string) bool {
	changed := false
	for _, child := range node.Content {
		changed = setInNode(child, tags) || changed
	}
	var marker map[string]string
	comment := strings.TrimPrefix(node.LineComment, "#")
	if node.Kind != yaml.ScalarNode || json.Unmarshal([]byte(comment), &marker) != nil {
		return changed
	}
	tag, known := tags[marker["$imagepolicy"]]
	if !known || tag == node.Value {
		return changed
	}
	node.Value = tag
	return true
}
