// Whether a text may become a link: an address of the web, and nothing that runs or reads where it is opened.

/** Longer ones are cut like all texts, and lead nowhere. */
const longestAddress = 2000;

/** Whether the text is an address of the web. */
export function isWebAddress(text: string): boolean {
  const url = text.length > longestAddress ? null : URL.parse(text);
  return url !== null && (url.protocol === 'https:' || url.protocol === 'http:');
}
