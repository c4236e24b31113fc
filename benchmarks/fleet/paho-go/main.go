// Many connections of Paho's Go library in one process: the same commands, options and answers as ../epoll-client.c, as
// far as publishing goes. One goroutine for each connection publishes and waits for the acknowledgement, again and again,
// which is how mqtt-benchmark uses the same library; that one takes times and hands each message through channels too.
package main

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"log"
	"math"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"
)

var (
	broker      = flag.String("broker", "", "ADDRESS:PORT")
	connections = flag.Int("connections", 1, "how many")
	name        = flag.String("name", "paho", "begins every client id")
	_           = flag.String("source", "", "not used: the kernel chooses the local port")
	qos         = flag.Int("qos", 1, "1 or 2")
	payload     = flag.Int("payload-bytes", 64, "of each message")
	keepAlive   = flag.Int("keep-alive-s", 0, "0: off")
	window      = flag.Int("window", 256, "attempts to connect at a time")
)

func main() {
	flag.Parse()
	log.SetFlags(0)
	fmt.Println(`{"at":"empty"}`)
	var clients []mqtt.Client
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		var count int64
		var seconds float64
		switch line := lines.Text(); {
		case line == "connect":
			clients = connectAll()
		case line == "rest":
			runtime.GC()
			fmt.Println(`{"at":"rested"}`)
		case scan(line, "publish messages %d", &count):
			publish(clients, count, math.Inf(1))
		case scan(line, "publish seconds %g", &seconds):
			publish(clients, math.MaxInt64, seconds)
		default:
			log.Fatalf("paho-go: unknown command: %s", line)
		}
	}
}

func scan(line, format string, value any) bool {
	n, err := fmt.Sscanf(line, format, value)
	return n == 1 && err == nil
}

func connectAll() []mqtt.Client {
	began := time.Now()
	clients := make([]mqtt.Client, *connections)
	free := make(chan struct{}, *window)
	var all sync.WaitGroup
	for n := range clients {
		all.Add(1)
		free <- struct{}{}
		go func(n int) {
			defer all.Done()
			clients[n] = connect(n)
			<-free
		}(n)
	}
	all.Wait()
	fmt.Printf("{\"at\":\"online\",\"online\":%d,\"seconds\":%f}\n", len(clients), time.Since(began).Seconds())
	return clients
}

func connect(n int) mqtt.Client {
	options := mqtt.NewClientOptions().AddBroker("tcp://" + *broker).
		SetClientID(fmt.Sprintf("%s-%d", *name, n)).
		SetProtocolVersion(4).
		SetCleanSession(true).
		SetKeepAlive(time.Duration(*keepAlive) * time.Second).
		SetAutoReconnect(false).
		SetConnectionLostHandler(func(_ mqtt.Client, err error) { log.Fatalf("paho-go: connection %d was lost: %v", n, err) })
	client := mqtt.NewClient(options)
	if token := client.Connect(); token.Wait() && token.Error() != nil {
		log.Fatalf("paho-go: connection %d: %v", n, token.Error())
	}
	return client
}

func publish(clients []mqtt.Client, limit int64, seconds float64) {
	began := time.Now()
	message := bytes.Repeat([]byte("a"), *payload)
	var issued, done atomic.Int64
	var all sync.WaitGroup
	for n, client := range clients {
		all.Add(1)
		go func(n int, client mqtt.Client) {
			defer all.Done()
			topic := fmt.Sprintf("bench/%s/%d", *name, n)
			for time.Since(began).Seconds() < seconds && issued.Add(1) <= limit {
				if token := client.Publish(topic, byte(*qos), false, message); token.Wait() && token.Error() != nil {
					log.Fatalf("paho-go: connection %d: %v", n, token.Error())
				}
				done.Add(1)
			}
		}(n, client)
	}
	all.Wait()
	fmt.Printf("{\"at\":\"done\",\"seconds\":%f,\"messages\":%d}\n", time.Since(began).Seconds(), done.Load())
}
