// A stand-in for the prediction API: it makes predictions up instead of reading them from the database, and answers as the
// real one does. Standard library only, so that it builds anywhere.
package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	port    = "8000" // the containerPort of the base; PORT is for trying it elsewhere
	every   = 5 * time.Second
	horizon = 5 * time.Minute
	// What a request may still take after SIGTERM; less than the 30 s that Kubernetes waits.
	grace = 10 * time.Second
)

type prediction struct {
	Pair           string    `json:"pair"`
	Price          float64   `json:"price"`
	PredictedPrice float64   `json:"predictedPrice"`
	HorizonSeconds int       `json:"horizonSeconds"`
	At             time.Time `json:"at"`
}

// latest holds one prediction per pair.
type latest struct {
	mutex sync.RWMutex
	all   []prediction
}

func main() {
	log, err := newLogger(os.Getenv("RUST_LOG"))
	if err != nil {
		fail(err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()

	log.Warn("this is the demo: predictions are made up, and no database is asked",
		"database", fmt.Sprintf("%s@%s:%s/%s", os.Getenv("DATABASE_USER"), os.Getenv("DATABASE_HOST"),
			os.Getenv("DATABASE_PORT"), os.Getenv("DATABASE_NAME")))
	predictions := start()
	go predictions.keepPredicting(ctx, log)

	server := &http.Server{
		Handler:           predictions.handler(log),
		ReadHeaderTimeout: 5 * time.Second,
	}
	listener, err := net.Listen("tcp", ":"+cmp.Or(os.Getenv("PORT"), port))
	if err != nil {
		fail(err)
	}
	log.Info("listening", "address", listener.Addr().String())
	go func() {
		<-ctx.Done()
		log.Info("stopping")
		left, cancel := context.WithTimeout(context.Background(), grace)
		defer cancel()
		_ = server.Shutdown(left)
		log.Info("stopped")
		os.Exit(0)
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		fail(err)
	}
	select {} // until the requests that are under way have been answered
}

func (l *latest) handler(log *slog.Logger) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /health", func(w http.ResponseWriter, _ *http.Request) {
		write(w, map[string]string{"status": "ok"})
	})
	mux.HandleFunc("GET /predictions", func(w http.ResponseWriter, r *http.Request) {
		log.Debug("request", "path", r.URL.Path, "from", r.RemoteAddr)
		l.mutex.RLock()
		defer l.mutex.RUnlock()
		write(w, map[string][]prediction{"predictions": l.all})
	})
	return mux
}

func write(w http.ResponseWriter, answer any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(answer) // whoever asked has gone
}

func start() *latest {
	l := &latest{all: []prediction{
		{Pair: "BTC/USD", Price: 65000},
		{Pair: "ETH/USD", Price: 3200},
		{Pair: "SOL/USD", Price: 150},
	}}
	for i := range l.all {
		l.all[i] = next(l.all[i])
	}
	return l
}

func (l *latest) keepPredicting(ctx context.Context, log *slog.Logger) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		l.mutex.Lock()
		for i := range l.all {
			l.all[i] = next(l.all[i])
			log.Debug("prediction", "pair", l.all[i].Pair, "price", l.all[i].PredictedPrice)
		}
		l.mutex.Unlock()
	}
}

func next(before prediction) prediction {
	price := before.Price * math.Exp(rand.NormFloat64()*0.0005)
	return prediction{
		Pair:           before.Pair,
		Price:          round(price),
		PredictedPrice: round(price * math.Exp(rand.NormFloat64()*0.002)),
		HorizonSeconds: int(horizon.Seconds()),
		At:             time.Now().UTC().Truncate(time.Millisecond),
	}
}

func round(value float64) float64 { return math.Round(value*100) / 100 }

func newLogger(level string) (*slog.Logger, error) {
	levels := map[string]slog.Level{
		"":      slog.LevelInfo,
		"error": slog.LevelError,
		"warn":  slog.LevelWarn,
		"info":  slog.LevelInfo,
		"debug": slog.LevelDebug,
		"trace": slog.LevelDebug,
	}
	least, known := levels[strings.ToLower(level)]
	if !known {
		return nil, fmt.Errorf("RUST_LOG is %q; allowed: error, warn, info, debug, trace", level)
	}
	options := slog.HandlerOptions{Level: least, ReplaceAttr: lowerLevel}
	return slog.New(slog.NewTextHandler(os.Stdout, &options)), nil
}

// lowerLevel writes levels as the setting does: debug, not DEBUG.
func lowerLevel(_ []string, attr slog.Attr) slog.Attr {
	if attr.Key == slog.LevelKey {
		return slog.String(slog.LevelKey, strings.ToLower(attr.Value.String()))
	}
	return attr
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(2)
}
