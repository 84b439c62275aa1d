// Files to upload.

/** Return a file as requests carry it. */
export async function readFile(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = "";
  for (let place = 0; place < bytes.length; place += 32768) binary += String.fromCharCode(...bytes.subarray(place, place + 32768));
  return { name: file.name, data: btoa(binary) };
}
