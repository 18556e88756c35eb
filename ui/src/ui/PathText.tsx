/** A path on one line: what does not fit is left out in the middle, so that its last part is seen. */
export function PathText(props: { path: string; class?: string }) {
  const cut = () => {
    const at = Math.max(props.path.lastIndexOf("/"), props.path.lastIndexOf("\\"));
    return Math.max(at, 0);
  };
  return (
    <span class={`flex min-w-0 ${props.class ?? ""}`} title={props.path}>
      <span class="min-w-0 shrink truncate empty:hidden">{props.path.slice(0, cut())}</span>
      <span class="max-w-full shrink-0 truncate">{props.path.slice(cut())}</span>
    </span>
  );
}
