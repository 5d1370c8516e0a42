/** Text of HTML that is safe to put into a page; only `html` and `escaped` make it. */
export interface Html {
  readonly html: string;
}

/** A piece of a page: what is put in is escaped, unless it is a piece itself. */
export function html(strings: TemplateStringsArray, ...values: readonly (string | number | Html | readonly Html[])[]): Html {
  return { html: strings.map((text, index) => text + (index < values.length ? shown(values[index]) : '')).join('') };
}

function shown(value: string | number | Html | readonly Html[]): string {
  if (Array.isArray(value)) return value.map((each) => each.html).join('\n');
  return typeof value === 'object' ? (value as Html).html : escaped(String(value));
}

/** Safe between tags and inside of quoted attributes. */
function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]);
}

const ENTITIES: { readonly [character: string]: string } = {
  '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\'': '&#39;',
};
