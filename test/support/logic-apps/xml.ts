/** An element: its name, its elements and its text. */
export interface Element {
  readonly name: string;
  readonly children: readonly (Element | string)[];
}

/** XML as a value of an expression. */
export class Xml {
  public constructor(public readonly root: Element) {}
}

/**
 * Reads XML without attributes, as Storage writes it; anything before the first element that is not a declaration is an
 * error, a byte order mark too.
 */
export function parseXml(text: string): Xml {
  let rest = text.replace(/^<\?xml[^>]*\?>\s*/, '');
  const element = (): Element => {
    const open = /^<([A-Za-z][\w.-]*)((?:\s+[\w:.-]+="[^"]*")*)\s*(\/?)>/.exec(rest);
    if (open === null) throw new SyntaxError('Data at the root level is invalid. Line 1, position 1.');
    rest = rest.slice(open[0].length);
    if (open[3] === '/') return { name: open[1], children: [] };
    const children: (Element | string)[] = [];
    for (;;) {
      const close = /^<\/([A-Za-z][\w.-]*)\s*>/.exec(rest);
      if (close !== null) {
        if (close[1] !== open[1]) throw new SyntaxError(`the end tag '${close[1]}' does not match '${open[1]}'`);
        rest = rest.slice(close[0].length);
        return { name: open[1], children };
      }
      if (rest.startsWith('<')) {
        children.push(element());
      } else {
        const run = /^[^<]+/.exec(rest);
        if (run === null) throw new SyntaxError(`'${open[1]}' has no end tag`);
        rest = rest.slice(run[0].length);
        children.push(unescaped(run[0]));
      }
    }
  };
  const root = element();
  if (rest.trim() !== '') throw new SyntaxError('there are multiple root elements');
  return new Xml(root);
}

function unescaped(text: string): string {
  const named: { readonly [name: string]: string } = { amp: '&', lt: '<', gt: '>', quot: '"', apos: '\'' };
  return text.replace(/&(#x?[0-9A-Fa-f]+|\w+);|&/g, (whole, name?: string) => {
    if (name === undefined) throw new SyntaxError('an error occurred while parsing EntityName');
    if (!name.startsWith('#')) return named[name] ?? whole;
    return String.fromCodePoint(name[1] === 'x' ? parseInt(name.slice(2), 16) : Number(name.slice(1)));
  });
}

/** Text as it stands in XML. */
export function escapeXml(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

/** An element as XML. */
export function writeXml({ name, children }: Element): string {
  return `<${name}>${children.map((child) => (typeof child === 'string' ? escapeXml(child) : writeXml(child))).join('')}</${name}>`;
}

/** The text of an element and all below it. */
export function textOf(element: Element): string {
  return element.children.map((child) => (typeof child === 'string' ? child : textOf(child))).join('');
}

/**
 * XML of an object with one member, as Json.NET makes it: each item of a list is an element of its name, and what is
 * null is empty.
 */
export function xmlOfJson(value: { readonly [name: string]: unknown }): Xml {
  const members = Object.entries(value);
  if (members.length !== 1 || Array.isArray(members[0][1])) throw new SyntaxError('JSON root object has multiple properties');
  return new Xml(elementsOf(members[0][0], members[0][1])[0]);
}

function elementsOf(name: string, value: unknown): Element[] {
  if (Array.isArray(value)) return value.flatMap((each) => elementsOf(name, each));
  if (value === null || value === undefined) return [{ name, children: [] }];
  if (typeof value !== 'object') return [{ name, children: [String(value)] }];
  return [{ name, children: Object.entries(value).flatMap(([key, each]) => elementsOf(key, each)) }];
}

/**
 * The part of XPath that definitions use: paths of names from the root, `string(…)`, `count(…)` and `sum(…)` of one.
 */
export function xpath(xml: Xml, path: string): string | number | Element[] {
  const wrapped = /^(string|count|sum)\((.+)\)$/.exec(path.trim());
  const found = select(xml, (wrapped?.[2] ?? path).trim());
  if (wrapped?.[1] === 'count') return found.length;
  if (wrapped?.[1] === 'sum') return found.reduce((sum, each) => sum + (textOf(each).trim() === '' ? NaN : Number(textOf(each))), 0);
  if (wrapped?.[1] === 'string') return found.length === 0 ? '' : textOf(found[0]);
  return found;
}

function select(xml: Xml, path: string): Element[] {
  if (!/^(\/\/?[A-Za-z][\w.-]*(\[[A-Za-z][\w.-]*="[^"]*"\])?)+$/.test(path)) throw new SyntaxError(`this XPath is not understood here: ${path}`);
  let found: Element[] = [{ name: '', children: [xml.root] }];
  for (const [, axis, name, child, value] of path.matchAll(/(\/\/?)([\w.-]+)(?:\[([\w.-]+)="([^"]*)"\])?/g)) {
    found = found.flatMap((element) => (axis === '//' ? descendants(element) : elements(element)).filter((each) => each.name === name))
      .filter((each) => child === undefined || elements(each).some((inner) => inner.name === child && textOf(inner) === value));
  }
  return found;
}

function elements({ children }: Element): Element[] {
  return children.filter((child): child is Element => typeof child !== 'string');
}

function descendants(element: Element): Element[] {
  return elements(element).flatMap((child) => [child, ...descendants(child)]);
}
