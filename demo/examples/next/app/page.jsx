// app/page.jsx
// biome-ignore lint/style/noDefaultExport: what Next.js looks for
export default function Page() {
  return <h1>A site</h1>
}
