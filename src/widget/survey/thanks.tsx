import type { ComponentChild } from 'preact'

/** The last screen, in the place of the others. @param children what the site offers then */
export const Thanks = ({ text, children }: { text: string; children: ComponentChild }) => (
  <>
    <p id="q" part="thanks" class="title">
      {text}
    </p>
    {children}
  </>
)
