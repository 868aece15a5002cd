/** Style sheets come as text: the build minifies them, `replaceSync` takes them. */
declare module '*.css?inline' {
  const css: string
  export default css
}
