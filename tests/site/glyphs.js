// Which characters of the document have no glyph in the fonts that their elements ask for.
// A character is drawn on a canvas in its element's font: without a glyph it looks like a code
// point that no font has, the box for missing glyphs.
async (extra) => {
  const HTML = "http://www.w3.org/1999/xhtml";
  const UNASSIGNED = "\u0378";
  const canvas = document.createElementNS(HTML, "canvas");
  [canvas.width, canvas.height] = [64, 64];
  const pen = canvas.getContext("2d", { willReadFrequently: true });

  function picture(character, font) {
    pen.clearRect(0, 0, 64, 64);
    pen.font = font;
    pen.fillText(character, 8, 48);
    return pen.getImageData(0, 0, 64, 64).data.join();
  }

  const used = new Map();
  const texts = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (element.closest("script, style, noscript, title, metadata")) continue;
    const style = getComputedStyle(element);
    const font = `${style.fontStyle} ${style.fontWeight} 32px ${style.fontFamily}`;
    if (!used.has(font)) used.set(font, new Set());
    for (const character of texts.currentNode.data + extra) used.get(font).add(character);
  }

  const missing = new Set();
  for (const [font, characters] of used) {
    await document.fonts.load(font, [...characters].join(""));
    const box = picture(UNASSIGNED, font);
    for (const character of characters) {
      if (!/\s|\p{Cf}|\p{Mn}/u.test(character) && picture(character, font) === box) {
        missing.add(character);
      }
    }
  }
  return [...missing].sort();
}
