// The exact price of a request, by the same rule and roundings as the server's bill: whole billionths,
// every step rounded up.

const unit = 1_000_000_000n;

/** `{total, units, unit, seconds, rate, currency, each}`, amounts as decimals; `null` when unknown. */
export function priceOf(price, values) {
  const frames = values[price?.frames?.parameter];
  if (!Number.isInteger(frames) || frames < 0) return null;
  const rate = frameRate(price, values);
  const amount = nanos(price.amount ?? 0);
  let [count, over] = [1n, 1n];
  if (price.unit === "second") {
    if (!rate) return null;
    [count, over] = [BigInt(frames) * rate.denominator, rate.numerator];
  }
  let units = scaled(unit, count, over);
  let total = scaled(amount, count, over);
  for (const { when, above_frames: above, factor } of price.multipliers) {
    if (frames <= (above ?? 0)) continue;
    if (!Object.entries(when).every(([name, value]) => values[name] === value)) continue;
    units = scaled(units, nanos(factor), unit);
    total = scaled(total, nanos(factor), unit);
  }
  return {
    total: price.amount === null ? null : decimal(total), units: decimal(units, 0), unit: price.unit,
    currency: price.currency, each: decimal(amount),
    seconds: rate && Number(BigInt(frames) * rate.denominator) / Number(rate.numerator),
    rate: rate && Number(rate.numerator) / Number(rate.denominator),
  };
}

/** What so many units came to, for a bill that the server tells in units. */
export function costOfUnits(price, units) {
  if (price?.amount === null || price?.amount === undefined || !units) return null;
  return decimal(scaled(nanos(price.amount), nanos(units), unit));
}

/** The frame rate as a fraction: a constant of the model or one of its parameters. */
function frameRate(price, values) {
  const { frame_rate: constant, frame_rate_parameter: parameter } = price.frames;
  const text = parameter ? values[parameter] : constant;
  const [numerator, denominator = "1"] = String(text ?? "").split("/");
  if (!/^\d+$/.test(numerator) || !/^\d+$/.test(denominator) || numerator === "0") return null;
  return { numerator: BigInt(numerator), denominator: BigInt(denominator) };
}

function scaled(amount, numerator, denominator) {
  const product = amount * numerator;
  return product / denominator + (product % denominator > 0n ? 1n : 0n);
}

/** A JSON number or text with at most nine places as billionths. */
function nanos(value) {
  const text = typeof value === "number" ? plain(value) : String(value);
  const [whole, fraction = ""] = text.split(".");
  return BigInt(whole) * unit + BigInt(fraction.padEnd(9, "0").slice(0, 9));
}

/** A number without an exponent. */
function plain(number) {
  return /e/i.test(String(number)) ? number.toFixed(9) : String(number);
}

/** The exact decimal with at least `places` places. */
function decimal(amount, places = 2) {
  const whole = amount / unit;
  const fraction = (amount % unit).toString().padStart(9, "0").replace(/0+$/, "").padEnd(places, "0");
  return fraction ? `${whole}.${fraction}` : `${whole}`;
}

/** An amount as people write it. */
export function money(amount, currency) {
  return currency === "USD" ? `$${amount}` : `${amount} ${currency}`;
}
