// The camera reads a token where the browser can; the typed code does the same everywhere.
const form = document.getElementById("gate-form");
const button = document.getElementById("scan");
const view = document.getElementById("scan-view");
const EVERY_MS = 200;

async function readable() {
  if (!("BarcodeDetector" in window) || !navigator.mediaDevices?.getUserMedia) return false;
  const formats = await window.BarcodeDetector.getSupportedFormats().catch(() => []);
  return formats.includes("qr_code");
}

function stop() {
  for (const track of view.srcObject?.getTracks() ?? []) track.stop();
  view.srcObject = null;
  view.hidden = true;
}

async function scan() {
  const detector = new window.BarcodeDetector({ formats: ["qr_code"] });
  view.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  view.hidden = false;
  await view.play();
  // Pictures are looked at one by one and kept nowhere.
  while (view.srcObject) {
    const [found] = await detector.detect(view).catch(() => []);
    if (found) {
      form.elements.token.value = found.rawValue;
      stop();
      form.requestSubmit();
      return;
    }
    await new Promise((done) => setTimeout(done, EVERY_MS));
  }
}

if (form && button && (await readable())) {
  button.hidden = false;
  button.addEventListener("click", () => (view.srcObject ? stop() : scan().catch(stop)));
  window.addEventListener("pagehide", stop);
}
