// Mochi MQTT as a program with the listeners that a file names: its own commands have no login, no list and no client certificates beside anonymous access.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"log"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"strings"
	"syscall"

	mqtt "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/hooks/storage/bolt"
	"github.com/mochi-mqtt/server/v2/listeners"
	"github.com/mochi-mqtt/server/v2/packets"
	"go.etcd.io/bbolt"
)

// A way in: type is mqtt, mqtts or http; guard is login or acl.
type entrance struct {
	Type        string
	Host        string
	Port        int
	Guard       string
	RequestCert bool
}

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Print("usage: fieldbench-mochi FILE | --version")
		os.Exit(2)
	}
	if os.Args[1] == "--version" {
		fmt.Println(version())
		return
	}
	if err := serve(os.Args[1]); err != nil {
		log.Fatal(err)
	}
}

func version() string {
	info, _ := debug.ReadBuildInfo()
	for _, it := range info.Deps {
		if it.Path == "github.com/mochi-mqtt/server/v2" {
			return it.Version
		}
	}
	return "unknown"
}

func serve(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var wanted struct{ Listeners []entrance }
	if err := json.Unmarshal(text, &wanted); err != nil {
		return err
	}
	server := mqtt.New(&mqtt.Options{Logger: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))})
	guards := map[string]string{}
	for at, it := range wanted.Listeners {
		listener, err := it.open(fmt.Sprintf("%d-%s", at, it.Type))
		if err != nil {
			return err
		}
		guards[listener.ID()] = it.Guard
		if err := server.AddListener(listener); err != nil {
			return err
		}
	}
	if err := server.AddHook(&doorkeeper{guards: guards}, nil); err != nil {
		return err
	}
	// Without a sync for every message: what was written outlives the process, if not the machine.
	data := bolt.Options{Path: filepath.Join(filepath.Dir(file), "mochi.db"), Options: &bbolt.Options{NoSync: true}}
	if err := server.AddHook(new(bolt.Hook), &data); err != nil {
		return err
	}
	if err := server.Serve(); err != nil {
		return err
	}
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGINT, syscall.SIGTERM)
	<-ended
	return server.Close()
}

func (it entrance) open(id string) (listeners.Listener, error) {
	config := listeners.Config{ID: id, Address: fmt.Sprintf("%s:%d", it.Host, it.Port)}
	if it.Type == "mqtts" {
		settings, err := it.certificates()
		if err != nil {
			return nil, err
		}
		config.TLSConfig = settings
	}
	if it.Type == "http" {
		return listeners.NewWebsocket(config), nil
	}
	return listeners.NewTCP(config), nil
}

func (it entrance) certificates() (*tls.Config, error) {
	own, err := tls.LoadX509KeyPair(os.Getenv("TLS_CERT"), os.Getenv("TLS_KEY"))
	if err != nil || !it.RequestCert {
		return &tls.Config{Certificates: []tls.Certificate{own}}, err
	}
	ca, err := os.ReadFile(os.Getenv("TLS_CA"))
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(ca)
	return &tls.Config{Certificates: []tls.Certificate{own}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: pool}, nil
}

// Asks for the login on the listeners that are guarded; Mochi's own hooks ask the same of every listener.
type doorkeeper struct {
	mqtt.HookBase
	guards map[string]string
}

func (d *doorkeeper) ID() string { return "doorkeeper" }

func (d *doorkeeper) Provides(what byte) bool {
	return what == mqtt.OnConnectAuthenticate || what == mqtt.OnACLCheck
}

func (d *doorkeeper) OnConnectAuthenticate(client *mqtt.Client, connect packets.Packet) bool {
	guard := strings.ToUpper(d.guards[client.Net.Listener])
	user, password := os.Getenv(guard+"_USER"), os.Getenv(guard+"_PASSWORD")
	isKnown := user != "" && string(connect.Connect.Username) == user && string(connect.Connect.Password) == password
	return guard == "" || isKnown
}

func (d *doorkeeper) OnACLCheck(client *mqtt.Client, topic string, _ bool) bool {
	return d.guards[client.Net.Listener] != "acl" || !covers(os.Getenv("ACL_DENIED"), topic)
}

// Whether a filter covers a topic, or another filter: + is any level, # the parent and all below.
func covers(filter, topic string) bool {
	wanted, levels := strings.Split(filter, "/"), strings.Split(topic, "/")
	for at, it := range wanted {
		if it == "#" {
			return true
		}
		if at >= len(levels) || (it != "+" && it != levels[at]) {
			return false
		}
	}
	return len(wanted) == len(levels)
}
