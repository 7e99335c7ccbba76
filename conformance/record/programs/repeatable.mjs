// Makes two runs of a program alike. Imported before anything that makes spans.
//
// A span starts at a whole millisecond of the calendar clock and ends by a finer clock,
// so the order of what happens within a millisecond would depend on how fast the machine
// is. Here both clocks stand still between two readings, and every reading is later than
// the one before, by either clock. Random ids that are made of Math.random are the same
// in every run.

const Real = Date;
const { performance } = globalThis;

// Milliseconds since the program began.
const began = Real.now();
let elapsed = 0;
let fineReadings = 0;

const calendar = () => began + (elapsed = Math.floor(elapsed) + 2);

globalThis.Date = class Date extends Real {
  constructor(...given) {
    super(...(given.length === 0 ? [calendar()] : given));
  }
  static now() {
    return calendar();
  }
};

// The step grows: of a span's end, the step between the two readings at its start is
// taken off, and the end shall still be later than the reading before it. Steps that a
// float has exactly give the same durations in every run.
performance.now = () => 1000 + (elapsed += 0.5 + fineReadings++ / 65536);

// A small generator (xorshift) with a fixed seed.
let state = 0x2545f491;
Math.random = () => {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) / 0x100000000;
};
