const side = 96;

/// A square picture of 96 × 96 pixels as a data: address, cut from the middle of `file`. Whatever the file carried besides its pixels is
/// gone. Rejects what is no picture.
export async function pictureOf(file: Blob): Promise<string> {
  const picture = await createImageBitmap(file);
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  const context = canvas.getContext("2d");
  if (!context) throw new Error("no canvas");
  const { width, height } = picture;
  const cut = Math.min(width, height);
  // JPEG has no transparency: what was see-through becomes white.
  context.fillStyle = "#fff";
  context.fillRect(0, 0, side, side);
  context.drawImage(picture, (width - cut) / 2, (height - cut) / 2, cut, cut, 0, 0, side, side);
  picture.close();
  return canvas.toDataURL("image/jpeg", 0.85);
}
