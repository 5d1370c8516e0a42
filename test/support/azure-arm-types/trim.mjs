// Prints the definitions of the types of types.txt out of a checkout of Azure/bicep-types-az, each node once, without descriptions and functions.
import fs from 'node:fs';
import path from 'node:path';

const [checkout] = process.argv.slice(2);
const wanted = fs.readFileSync(new URL('types.txt', import.meta.url), 'utf8').trim().split('\n');
const generated = path.join(checkout, 'generated');

const nodes = [];
const resources = {};
const files = new Map();
const placeOf = new Map();

for (const type of wanted) {
  const [namespace, version] = [type.split('/')[0].toLowerCase(), type.split('@')[1]];
  const group = fs.readdirSync(generated).find((each) => fs.existsSync(path.join(generated, each, namespace, version, 'types.json')));
  const file = path.join(generated, group ?? fail(`no definitions of ${namespace} ${version}`), namespace, version, 'types.json');
  if (!files.has(file)) files.set(file, JSON.parse(fs.readFileSync(file, 'utf8')));
  const resource = files.get(file).find(({ $type, name }) => $type === 'ResourceType' && name.toLowerCase() === type.toLowerCase());
  resources[type] = kept(file, (resource ?? fail(`no definition of ${type}`)).body);
}
const lines = nodes.map((node) => `  ${JSON.stringify(node)}`).join(',\n');
process.stdout.write(`{\n "resources": ${JSON.stringify(resources, undefined, 2).replace(/\n/g, '\n ')},\n "nodes": [\n${lines}\n ]\n}\n`);

/** The place of a node, which is copied when it is met first; a literal text stands for itself. */
function kept(file, { $ref }) {
  const place = Number($ref.split('#/')[1]);
  const { $type, ...node } = files.get(file)[place];
  if ($type === 'StringLiteralType') return node.value;
  const key = `${file}#${place}`;
  if (placeOf.has(key)) return placeOf.get(key);
  const copy = { kind: $type.replace(/Type$/, '') };
  const same = $type !== 'ObjectType' && $type !== 'DiscriminatedObjectType' && $type !== 'UnionType' && $type !== 'ArrayType' ? JSON.stringify([$type, node]) : key;
  if (placeOf.has(same)) return placeOf.get(same);
  placeOf.set(key, nodes.length).set(same, nodes.length);
  nodes.push(copy);
  const result = nodes.length - 1;
  for (const [member, value] of Object.entries(node)) {
    if (member === 'properties' || member === 'baseProperties') copy.properties = Object.fromEntries(Object.entries(value).map(([name, each]) => [name, property(file, each)]));
    else if (member === 'elements' && Array.isArray(value)) copy.elements = value.map((each) => kept(file, each));
    else if (member === 'elements') copy.elements = Object.fromEntries(Object.entries(value).map(([name, each]) => [name, kept(file, each)]));
    else if (member === 'itemType' || member === 'additionalProperties') copy[member] = kept(file, value);
    else if (member !== 'description' && value !== null) copy[member] = value;
  }
  return result;
}

/** The kind, and `r` for required, `o` for read-only, `w` for write-only, `d` for known before the deployment. */
function property(file, { type, flags }) {
  const letters = [...'rowd'].filter((_, place) => flags & (1 << place)).join('');
  return letters === '' ? [kept(file, type)] : [kept(file, type), letters];
}

function fail(sentence) {
  throw new Error(sentence);
}
