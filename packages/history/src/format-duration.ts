/** A time span as people read it: `0.6 s`, `12 s`, `4:38`, `1:01:52`. @param whole never tenths: for what is still counting */
export function formatDuration(ms: number, { whole: wholeSeconds = false }: { whole?: boolean } = {}): string {
  const seconds = wholeSeconds ? Math.floor(Math.max(0, ms) / 1000) : Math.max(0, ms) / 1000;
  if (!wholeSeconds && seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const pad = (part: number) => String(part).padStart(2, "0");
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(whole % 60)}` : `${minutes}:${pad(whole % 60)}`;
}
