// The few assertions the tests need, so that they run without a network.
export function equal(actual: unknown, expected: unknown, about = "") {
  const [left, right] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (left !== right) throw new Error(`${about}\n  got      ${left}\n  expected ${right}`);
}

export function isTrue(value: boolean, about = "") {
  if (!value) throw new Error(`not true: ${about}`);
}
