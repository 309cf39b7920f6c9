import { parse, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import type { Entry } from './timeline.ts';

/** Colour of text and of what stands on plots beside the data. */
export const ink = '#1f2937';
export const armColours = { domain: ['champion', 'challenger'], range: ['#64748b', '#2563eb'] };

/** Draws a plot, as markup to put into a page. */
export const svgOf = async (specification: TopLevelSpec): Promise<string> => {
  const { spec } = compile(specification, { logger: undefined as never });
  return new View(parse(spec), { renderer: 'none' }).toSVG();
};

export const escaped = (text: string): string =>
  text.replace(/[&<>]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[sign] ?? sign);

/** @param rows - cells as markup, the first row the head */
export const table = ([head = [], ...rows]: readonly (readonly string[])[]): string => {
  const line = (cells: readonly string[], tag: 'th' | 'td'): string =>
    `<tr>${cells.map((cell) => `<${tag}>${cell}</${tag}>`).join('')}</tr>`;
  return `<table>${line(head, 'th')}\n${rows.map((cells) => line(cells, 'td')).join('\n')}</table>`;
};

export const timelineTable = (entries: readonly Entry[]): string => {
  const rows = entries.map(({ at, text }) => `<tr><td>${at.toFixed(1)} s</td><td>${escaped(text)}</td></tr>`);
  return `<table class="timeline">${rows.join('\n')}</table>`;
};

/** A page that needs nothing from elsewhere. @param body - markup */
export const webPage = (title: string, body: string): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${title}</title>
<style>
  body { font: 15px/1.5 system-ui, sans-serif; color: ${ink}; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
  svg { max-width: 100%; height: auto; }
  th, td { text-align: left; padding-right: 1rem; }
  .timeline td:first-child { text-align: right; color: #64748b; white-space: nowrap; }
</style>
<h1>${title}</h1>
${body}
</html>
`;
