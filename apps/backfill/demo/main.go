// A stand-in for the backfill pipeline: one program for its three stages, named by the first argument. There is no Kafka
// between them, so each stage makes up the same history again: it follows from the pair and the day alone. Standard
// library only, so that it builds anywhere.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"math"
	"math/rand/v2"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	tradesPerDay  = 24 * 60
	secondsPerDay = 24 * 60 * 60
	// How many candles an average looks back.
	window = 14
)

type config struct {
	pairs         []string
	lastDays      int
	candleSeconds int
}

// A stage gets one pair's prices of one day after the other, a minute apart, and says how many results that gave.
type stage interface {
	day(prices []float64) int
	summary() []any
}

var stages = map[string]func(config) stage{
	"historical-trades":    func(config) stage { return &historicalTrades{} },
	"candles":              func(c config) stage { return &candles{seconds: c.candleSeconds} },
	"technical-indicators": func(c config) stage { return &indicators{candles: candles{seconds: c.candleSeconds}} },
}

func main() {
	log, err := newLogger(os.Getenv("LOG_LEVEL"))
	if err != nil {
		fail(err)
	}
	settings, err := readConfig()
	if err != nil {
		fail(err)
	}
	if len(os.Args) != 2 || stages[os.Args[1]] == nil {
		fail(errors.New("usage: backfill historical-trades|candles|technical-indicators"))
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()

	log = log.With("stage", os.Args[1])
	log.Warn("this is the demo: history is made up, and nothing is written to Kafka",
		"broker", os.Getenv("KAFKA_BROKER_ADDRESS"))
	started := time.Now()
	results, err := run(ctx, log, settings, stages[os.Args[1]])
	if err != nil {
		log.Error("stopped before the end", "results", results)
		os.Exit(143) // not 0: a Job whose pod was stopped is not done
	}
	log.Info("done", "results", results, "took", time.Since(started).Round(time.Millisecond))
}

func run(ctx context.Context, log *slog.Logger, c config, newStage func(config) stage) (int, error) {
	log.Info("started", "pairs", strings.Join(c.pairs, " "), "days", c.lastDays)
	total, results, lastTenth := len(c.pairs)*c.lastDays, 0, 0
	for p, pair := range c.pairs {
		work := newStage(c)
		price := 100.0
		for day := range c.lastDays {
			if ctx.Err() != nil {
				return results, ctx.Err()
			}
			prices := pricesOf(pair, day, price)
			price = prices[len(prices)-1]
			count := work.day(prices)
			results += count
			done := p*c.lastDays + day + 1
			log.Debug("a day", "pair", pair, "day", day+1, "results", count)
			if tenth := done * 10 / total; tenth > lastTenth {
				lastTenth = tenth
				log.Info("progress", "percent", tenth*10, "results", results)
			}
		}
		log.Info("pair done", append([]any{"pair", pair}, work.summary()...)...)
	}
	return results, nil
}

// pricesOf makes up a day's prices from the pair and the day, so that every stage sees the same ones.
func pricesOf(pair string, day int, price float64) []float64 {
	seed := fnv.New64a()
	fmt.Fprintf(seed, "%s %d", pair, day)
	random := rand.New(rand.NewPCG(seed.Sum64(), 0))
	prices := make([]float64, tradesPerDay)
	for i := range prices {
		price *= math.Exp(random.NormFloat64() * 0.0005)
		prices[i] = price
	}
	return prices
}

type historicalTrades struct{ last float64 }

func (t *historicalTrades) day(prices []float64) int {
	t.last = prices[len(prices)-1]
	return len(prices)
}

func (t *historicalTrades) summary() []any { return []any{"last", round(t.last)} }

type candle struct{ open, high, low, close float64 }

type candles struct {
	seconds int
	last    candle
}

// of puts prices together to candles; a candle shorter than the time between two trades holds one of them.
func (c *candles) of(prices []float64) []candle {
	perCandle := max(1, len(prices)*c.seconds/secondsPerDay)
	made := make([]candle, 0, len(prices)/perCandle+1)
	for start := 0; start < len(prices); start += perCandle {
		part := prices[start:min(start+perCandle, len(prices))]
		one := candle{open: part[0], high: part[0], low: part[0], close: part[len(part)-1]}
		for _, price := range part {
			one.high, one.low = max(one.high, price), min(one.low, price)
		}
		made = append(made, one)
	}
	c.last = made[len(made)-1]
	return made
}

func (c *candles) day(prices []float64) int { return len(c.of(prices)) }

func (c *candles) summary() []any {
	return []any{"open", round(c.last.open), "high", round(c.last.high), "low", round(c.last.low), "close", round(c.last.close)}
}

// indicators are the simple moving average and the relative strength index of closing prices.
type indicators struct {
	candles  candles
	closes   []float64
	sma, rsi float64
}

func (n *indicators) day(prices []float64) int {
	count := 0
	for _, one := range n.candles.of(prices) {
		n.closes = append(n.closes, one.close)
		if len(n.closes) <= window {
			continue
		}
		n.closes = n.closes[1:]
		var sum, gain, loss float64
		for i, value := range n.closes {
			sum += value
			if i > 0 {
				change := value - n.closes[i-1]
				gain, loss = gain+max(0, change), loss+max(0, -change)
			}
		}
		n.sma, n.rsi = sum/window, 100
		if loss > 0 {
			n.rsi = 100 - 100/(1+gain/loss)
		}
		count++
	}
	return count
}

func (n *indicators) summary() []any { return []any{"sma14", round(n.sma), "rsi14", round(n.rsi)} }

func round(value float64) string { return fmt.Sprintf("%.2f", value) }

func readConfig() (config, error) {
	var c config
	text := os.Getenv("PRODUCT_IDS")
	if err := json.Unmarshal([]byte(text), &c.pairs); err != nil || len(c.pairs) == 0 {
		return c, fmt.Errorf("PRODUCT_IDS is %q; it must be a JSON list such as [\"BTC/USD\"]", text)
	}
	var err error
	if c.lastDays, err = readCount("LAST_DAYS"); err != nil {
		return c, err
	}
	c.candleSeconds, err = readCount("CANDLE_SECONDS")
	return c, err
}

func readCount(name string) (int, error) {
	value, err := strconv.Atoi(os.Getenv(name))
	if err != nil || value < 1 {
		return 0, fmt.Errorf("%s is %q; it must be a whole number from 1", name, os.Getenv(name))
	}
	return value, nil
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
