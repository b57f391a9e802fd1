// A stand-in for the trades service: it makes trades up instead of reading them from an exchange, and writes one line for
// each to standard output instead of Kafka. Standard library only, so that it builds anywhere.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

// How often every pair trades once.
const interval = time.Second

func main() {
	log, err := newLogger(os.Getenv("LOG_LEVEL"))
	if err != nil {
		fail(err)
	}
	pairs, err := readPairs(os.Getenv("PRODUCT_IDS"))
	if err != nil {
		fail(err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()

	log.Warn("this is the demo: trades are made up, and go to standard output instead of Kafka",
		"broker", os.Getenv("KAFKA_BROKER_ADDRESS"), "topic", os.Getenv("KAFKA_TOPIC"))
	log.Info("started", "pairs", strings.Join(pairs, " "))
	count := trade(ctx, log, pairs)
	log.Info("stopped", "trades", count)
}

// trade writes trades until ctx is over, and returns how many.
func trade(ctx context.Context, log *slog.Logger, pairs []string) int {
	prices := make([]float64, len(pairs))
	for i, pair := range pairs {
		prices[i] = firstPrice(pair)
	}
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	count := 0
	for {
		for i, pair := range pairs {
			step := rand.NormFloat64() * 0.0005
			before := prices[i]
			prices[i] *= math.Exp(step)
			side := "buy"
			if step < 0 {
				side = "sell"
			}
			count++
			log.Debug("price moves", "pair", pair, "from", price(before), "to", price(prices[i]))
			log.Info("trade", "pair", pair, "side", side, "price", price(prices[i]),
				"quantity", fmt.Sprintf("%.4f", 0.001+rand.ExpFloat64()*0.1))
		}
		select {
		case <-ctx.Done():
			return count
		case <-ticker.C:
		}
	}
}

// firstPrice is near what the well-known pairs were once worth; anything else starts at 100.
func firstPrice(pair string) float64 {
	switch base, _, _ := strings.Cut(pair, "/"); base {
	case "BTC":
		return 65000
	case "ETH":
		return 3200
	case "SOL":
		return 150
	case "XRP":
		return 0.55
	default:
		return 100
	}
}

func price(value float64) string {
	if value < 10 {
		return fmt.Sprintf("%.5f", value)
	}
	return fmt.Sprintf("%.2f", value)
}

func readPairs(text string) ([]string, error) {
	var pairs []string
	if err := json.Unmarshal([]byte(text), &pairs); err != nil || len(pairs) == 0 {
		return nil, fmt.Errorf("PRODUCT_IDS is %q; it must be a JSON list such as [\"BTC/USD\"]", text)
	}
	return pairs, nil
}

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
		return nil, fmt.Errorf("LOG_LEVEL is %q; allowed: error, warn, info, debug, trace", level)
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
