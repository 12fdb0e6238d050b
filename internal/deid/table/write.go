package table

import (
	"bufio"
	"io"
	"strings"
)

// Write writes a table with a header, in the order of its rows. Every cell of a row that is suppressed is *; suppressed
// may be nil, and otherwise has an entry for each row. What it writes, Read reads as the same table.
func Write(w io.Writer, t *Table, opts Options, suppressed []bool) error {
	out := bufio.NewWriterSize(w, 1<<16)
	delimiter := string(opts.delimiter())
	alone := len(t.Columns) == 1
	quoted := make([][]string, len(t.Columns))
	for i, c := range t.Columns {
		if i > 0 {
			_, _ = out.WriteString(delimiter) // the writer remembers its error until it is flushed
		}
		_, _ = out.WriteString(quote(c.Name, delimiter, alone))
		quoted[i] = make([]string, len(c.Values))
		for code, value := range c.Values {
			quoted[i][code] = quote(value, delimiter, alone)
		}
	}
	for row := range t.Rows {
		_ = out.WriteByte('\n')
		for i := range t.Columns {
			if i > 0 {
				_, _ = out.WriteString(delimiter)
			}
			if suppressed != nil && suppressed[row] {
				_, _ = out.WriteString(Suppressed)
				continue
			}
			_, _ = out.WriteString(quoted[i][t.Columns[i].Codes[row]])
		}
	}
	_ = out.WriteByte('\n')
	return out.Flush()
}

// quote writes a cell so that it is read as it is. A cell that is alone on its line and empty would be read as no line.
func quote(cell, delimiter string, alone bool) string {
	plain := !strings.ContainsAny(cell, "\"\r\n") && !strings.Contains(cell, delimiter) && !strings.HasPrefix(cell, "\ufeff")
	if plain && (cell != "" || !alone) {
		return cell
	}
	return `"` + strings.ReplaceAll(cell, `"`, `""`) + `"`
}
