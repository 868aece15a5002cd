interface ExportMenuProps {
  onExport(format: 'csv' | 'json' | 'comments'): void
}

/** What can be had as a file, or on paper. */
export function ExportMenu({ onExport }: ExportMenuProps) {
  return (
    <details class="menu">
      <summary>Export</summary>
      <div>
        <button type="button" onClick={() => onExport('csv')}>
          Figures as CSV
        </button>
        <button type="button" onClick={() => onExport('json')}>
          Figures as JSON
        </button>
        <button type="button" onClick={() => onExport('comments')}>
          Comments as CSV
        </button>
        <button type="button" onClick={() => print()}>
          Print
        </button>
      </div>
    </details>
  )
}
