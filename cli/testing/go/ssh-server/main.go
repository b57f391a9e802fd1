// Command ssh-server serves git repositories over ssh on a free port of 127.0.0.1, for tests: the keys that it knows, the
// right to read or to write of each, and nothing but git's two commands. It prints its address and ends with its input.
//
// Usage: ssh-server <folder of repositories> <keys> <host key>...
//
// Each line of the file of keys is `read` or `write` and a public key; it is read anew for each attempt.
package main

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/crypto/ssh"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) < 4 {
		log.Fatal("usage: ssh-server <folder of repositories> <keys> <host key>...")
	}
	root, keys := os.Args[1], os.Args[2]
	config := &ssh.ServerConfig{PublicKeyCallback: func(_ ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
		return rightOf(keys, key)
	}}
	for _, file := range os.Args[3:] {
		pem, err := os.ReadFile(file)
		if err != nil {
			log.Fatal(err)
		}
		key, err := ssh.ParsePrivateKey(pem)
		if err != nil {
			log.Fatal(err)
		}
		config.AddHostKey(key)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(listener.Addr())
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	for {
		connection, err := listener.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go serve(connection, config, root)
	}
}

func rightOf(file string, offered ssh.PublicKey) (*ssh.Permissions, error) {
	opened, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer opened.Close()
	for lines := bufio.NewScanner(opened); lines.Scan(); {
		right, line, _ := strings.Cut(lines.Text(), " ")
		known, _, _, _, err := ssh.ParseAuthorizedKey([]byte(line))
		if err == nil && string(known.Marshal()) == string(offered.Marshal()) {
			return &ssh.Permissions{Extensions: map[string]string{"right": right}}, nil
		}
	}
	return nil, errors.New("no such key")
}

func serve(connection net.Conn, config *ssh.ServerConfig, root string) {
	server, channels, requests, err := ssh.NewServerConn(connection, config)
	if err != nil {
		return
	}
	defer server.Close()
	go ssh.DiscardRequests(requests)
	for offered := range channels {
		if offered.ChannelType() != "session" {
			_ = offered.Reject(ssh.UnknownChannelType, "only sessions")
			continue
		}
		channel, requests, err := offered.Accept()
		if err != nil {
			return
		}
		go session(channel, requests, server.Permissions.Extensions["right"], root)
	}
}

func session(channel ssh.Channel, requests <-chan *ssh.Request, right, root string) {
	defer channel.Close()
	protocol := ""
	for request := range requests {
		switch request.Type {
		case "env":
			var variable struct{ Name, Value string }
			if ssh.Unmarshal(request.Payload, &variable) == nil && variable.Name == "GIT_PROTOCOL" {
				protocol = variable.Value
			}
			_ = request.Reply(true, nil)
		case "exec":
			var wanted struct{ Command string }
			_ = ssh.Unmarshal(request.Payload, &wanted)
			_ = request.Reply(true, nil)
			status := run(channel, wanted.Command, protocol, right, root)
			_, _ = channel.SendRequest("exit-status", false, binary.BigEndian.AppendUint32(nil, status))
			return
		default:
			_ = request.Reply(false, nil)
		}
	}
}

func run(channel ssh.Channel, command, protocol, right, root string) uint32 {
	name, path, _ := strings.Cut(command, " ")
	folder := filepath.Join(root, filepath.Clean("/"+strings.Trim(path, "'")))
	allowed := name == "git-upload-pack" || (name == "git-receive-pack" && right == "write")
	if _, err := os.Stat(folder); err != nil || !allowed {
		fmt.Fprintln(channel.Stderr(), "ERROR: Repository not found.") // as GitHub says to who may not know
		return 1
	}
	git := exec.Command("git", strings.TrimPrefix(name, "git-"), folder)
	git.Env = append(os.Environ(), "GIT_PROTOCOL="+protocol)
	git.Stdout, git.Stderr = channel, channel.Stderr()
	input, err := git.StdinPipe()
	if err != nil || git.Start() != nil {
		return 1
	}
	go func() {
		_, _ = io.Copy(input, channel)
		_ = input.Close()
	}()
	if git.Wait() != nil {
		return 1
	}
	return 0
}
