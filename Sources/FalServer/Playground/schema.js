// What an endpoint takes, read out of its OpenAPI document.

/**
 * The endpoint's form.
 *
 * Pictures are the required texts whose name ends in `_url`: the first of them is the first keyframe.
 * All other properties are fields, in the document's order.
 */
export function readDocument(openapi) {
  const schemas = openapi.components.schemas;
  const [, input] = Object.entries(schemas).find(([name]) => name.endsWith("Input"));
  const required = new Set(input.required ?? []);
  const names = input["x-fal-order-properties"] ?? Object.keys(input.properties);
  const all = names.map((name) => field(name, input.properties[name], required.has(name)));
  const pictures = all.filter((one) => one.isPicture);
  const price = openapi.info["x-keyreel-price"] ?? null;
  return {
    id: openapi.info["x-fal-metadata"].endpointId,
    title: (openapi.info.description ?? "").replace(/\.$/, ""),
    first: pictures[0]?.name, last: pictures[1]?.name,
    pictureHelp: new Map(pictures.map((one) => [one.name, one.help])),
    fields: all.filter((one) => !one.isPicture),
    price, lengthName: price?.frames?.parameter ?? null,
  };
}

function field(name, schema, isRequired) {
  return {
    name, isRequired, type: schema.type, help: schema.description ?? "",
    label: name.replaceAll("_", " ").replace(/^./, (letter) => letter.toUpperCase()),
    default: schema.default,
    minimum: schema.minimum, maximum: schema.maximum, maximumLength: schema.maxLength,
    options: schema.enum?.filter((option) => option !== null) ?? null,
    mayBeUnset: schema.nullable === true,
    isPicture: schema.type === "string" && isRequired && /_url$/.test(name) && !schema.enum,
  };
}


/** What is surely wrong with a value, in words; `null` when only the server can tell. */
export function mistake(field, value, isUnreadable) {
  const isNumber = field.type === "integer" || field.type === "number";
  if (isUnreadable) return field.type === "integer" ? "Give a whole number." : "Give a number.";
  if (value === undefined || value === "") {
    return field.isRequired || (isNumber && !field.mayBeUnset) ? "This is needed." : null;
  }
  if (isNumber) {
    if (field.type === "integer" && !Number.isInteger(value)) return "Give a whole number.";
    if (field.minimum !== undefined && value < field.minimum) return `At least ${field.minimum}.`;
    if (field.maximum !== undefined && value > field.maximum) return `At most ${field.maximum}.`;
  }
  // Counted as the server counts: by code points.
  if (field.maximumLength && [...value].length > field.maximumLength) {
    return `At most ${field.maximumLength} characters; these are ${[...value].length}.`;
  }
  return null;
}

/** The values as they are sent: what is not set is left out. */
export function settled(values) {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/** Only what differs from the defaults, and the length, which decides the price. */
export function essentials(form, values) {
  return Object.fromEntries(
    form.fields
      .filter(({ name, default: standard }) =>
        values[name] !== undefined && (values[name] !== standard || name === form.lengthName))
      .map(({ name }) => [name, values[name]]));
}
