// The request as code to paste: cURL, Python, a pipeline.
import { essentials } from "./schema.js";

/** The text in `language` for `form`, `values` and the two picture files' names. */
export function recipe(language, form, values, pictures) {
  const order = {
    form, values: essentials(form, values), app: form.id.split("/").slice(0, 2).join("/"),
    names: pictures.map((picture, index) => picture?.name ?? ["first.png", "last.png"][index]),
    types: pictures.map((picture) => picture?.file.type || "image/png"),
  };
  return { curl, python: location.protocol === "https:" ? falClient : python, yaml }[language](order);
}

/** What a reader must know before it works. */
export const notes = {
  curl: "Runs in the folder of the pictures, with the key in FAL_KEY.",
  python: "Runs in the folder of the pictures, with the key in FAL_KEY.",
  yaml: "Save it beside the pictures as film.yaml; then: keyreel run film.yaml",
};

function curl({ form, values, app, names, types }) {
  const base = `${location.origin}/queue`;
  // A server may have made its own certificate; its variables name it.
  const options = location.protocol === "https:" ? '-sS ${SSL_CERT_FILE:+--cacert "$SSL_CERT_FILE"}' : "-sS";
  const members = Object.entries(values).map(([name, value]) => `  ${JSON.stringify(name)}: ${inHereDocument(JSON.stringify(value))}`);
  const pictures = [form.first, form.last].map((name, index) =>
    `  ${JSON.stringify(name)}: "data:${types[index]};base64,$(base64 < ${shellWord(names[index])} | tr -d '\\n')"`);
  return `# Into the queue, wait, fetch the result.
REQUEST=$(curl ${options} --fail-with-body '${base}/${form.id}' \\
  -H "Authorization: Key $FAL_KEY" -H 'Content-Type: application/json' \\
  --data-binary @- <<END | sed -n 's/.*"request_id":"\\([^"]*\\)".*/\\1/p'
{
${[...members, ...pictures].join(",\n")}
}
END
)
if [ -n "$REQUEST" ]; then
  STATUS="${base}/${app}/requests/$REQUEST/status"
  until curl ${options} -H "Authorization: Key $FAL_KEY" "$STATUS" | grep -q COMPLETED; do sleep 1; done
  curl ${options} -H "Authorization: Key $FAL_KEY" "\${STATUS%/status}"
fi
`;
}

function python({ form, values, names, types }) {
  return `# fal's own client speaks https alone: for it, start the server with --dev-tls.
import base64, json, os, time, urllib.request

QUEUE = ${literal(`${location.origin}/queue`)}
HEADERS = {"Authorization": "Key " + os.environ["FAL_KEY"], "Content-Type": "application/json"}


def call(url, body=None):
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(url, data, HEADERS)) as answer:
        return json.load(answer)


def picture(path, media_type):
    with open(path, "rb") as file:
        return f"data:{media_type};base64," + base64.b64encode(file.read()).decode()


request = call(QUEUE + ${literal(`/${form.id}`)}, {
${pythonMembers(values)}
    ${literal(form.first)}: picture(${literal(names[0])}, ${literal(types[0])}),
    ${literal(form.last)}: picture(${literal(names[1])}, ${literal(types[1])}),
})
while call(request["status_url"])["status"] != "COMPLETED":
    time.sleep(1)
print(call(request["response_url"])["video"]["url"])
`;
}

function falClient({ form, values, names }) {
  return `# pip install fal-client; SSL_CERT_FILE must name the server's certificate if it made its own.
import os

os.environ["FAL_RUN_HOST"] = ${literal(`${location.host}/run`)}  # before the import
os.environ["FAL_QUEUE_RUN_HOST"] = ${literal(`${location.host}/queue`)}
import fal_client

result = fal_client.subscribe(
    ${literal(form.id)},
    arguments={
${pythonMembers(values, "        ")}
        ${literal(form.first)}: fal_client.encode_file(${literal(names[0])}),
        ${literal(form.last)}: fal_client.encode_file(${literal(names[1])}),
    },
    with_logs=True,
    on_queue_update=print,
)
print(result["video"]["url"])
`;
}

/** A pipeline that makes the same clip; what is the model's own default is left to it. */
function yaml({ form, values, names }) {
  const { prompt, ...settings } = values;
  const lines = Object.entries(settings)
    .map(([name, value]) => `  ${name === form.lengthName ? "frames" : name}: ${yamlValue(value)}`);
  return `keyreel: 1
prompt: ${yamlValue(prompt ?? "")}
defaults:
  model: ${form.id}
${lines.join("\n")}
sequences:
  - keyframes:
      - ${yamlValue(`./${names[0]}`)}
      - ${yamlValue(`./${names[1]}`)}
`;
}

function pythonMembers(values, indent = "    ") {
  return Object.entries(values).map(([name, value]) => `${indent}${literal(name)}: ${literal(value)},`).join("\n");
}

/** A Python literal; JSON's texts and numbers are Python's too. */
function literal(value) {
  return value === true ? "True" : value === false ? "False" : JSON.stringify(value);
}

/** A YAML value; texts are quoted, and `$(` is written so that it is no variable. */
function yamlValue(value) {
  return typeof value === "string" ? JSON.stringify(value.replaceAll("$(", "$$$$(")) : String(value);
}

/** A text inside a shell's here-document, where `$`, backquotes and backslashes mean something. */
function inHereDocument(text) {
  return text.replace(/[\\$`]/g, "\\$&");
}

function shellWord(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
