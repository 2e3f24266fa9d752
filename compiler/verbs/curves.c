/* curves.c - the page of a training: loss, error and rate by epoch, from its log, written anew after each epoch. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "draw.h"
#include "training.h"

enum { Epoch, Rate, TrainLoss, TrainError, TestLoss, TestError, Seconds, NColumns, SchedulePoints = 200 };

typedef struct {
	int count;
	double *column[NColumns];
} Log;

/* read_log - lines of numbers; what is empty is none */
static Log
read_log(const char *log)
{
	Log t = { 0 };
	int lines = 0;

	for (const char *s = log; *s; s++)
		lines += *s == '\n';
	for (int c = 0; c < NColumns; c++)
		t.column[c] = arena_new((size_t)(lines + 1)*sizeof(double));
	for (const char *s = strchr(log, '\n'); s && s[1]; s = strchr(s + 1, '\n'), t.count++) {
		const char *at = s + 1;
		for (int c = 0; c < NColumns; c++) {
			char *end;
			double v = strtod(at, &end);
			t.column[c][t.count] = end == at ? (double)NAN : v;
			at = end + (*end == ',');
		}
	}
	return t;
}

static void
draw_table(Out *o, const Log *t)
{
	draw(o, "<section><table><tr><th>epoch<th>rate<th>train loss<th>error<th>test loss<th>error<th>seconds</tr>");
	for (int i = t->count - 1; i >= 0 && i >= t->count - 12; i--) {
		draw(o, "<tr><td>%.0f<td>%.4g<td>%.4f<td>%.2f %%", t->column[Epoch][i], t->column[Rate][i], t->column[TrainLoss][i],
		     100*t->column[TrainError][i]);
		if (isfinite(t->column[TestLoss][i]))
			draw(o, "<td>%.4f<td>%.2f %%", t->column[TestLoss][i], 100*t->column[TestError][i]);
		else
			draw(o, "<td>-<td>-");
		draw(o, "<td>%.0f</tr>", t->column[Seconds][i]);
	}
	draw(o, "</table></section>");
}

/* draw_rate - the schedule as far as it goes, and as far as it went */
static void
draw_rate(Out *o, const Training *tr, int done, Ticks across)
{
	static double x[SchedulePoints], y[SchedulePoints];
	Curve c[2] = { { "", "faint", SchedulePoints, x, y }, { "rate", "one", 0, x, y } };

	for (int i = 0; i < SchedulePoints; i++) {
		double share = (double)i/(SchedulePoints - 1);
		x[i] = share*tr->epochs;
		y[i] = rate_at(tr, share);
		c[1].count += x[i] <= done;
	}
	draw(o, "<section>");
	draw_curves(o, "learning rate", "epoch", across, c, 2);
	draw(o, "</section>");
}

static void
draw_pair(Out *o, const char *title, const Log *t, int train, int test, Ticks across)
{
	Curve c[2] = { { "train", "one", t->count, t->column[Epoch], t->column[train] },
	               { "test", "two", t->count, t->column[Epoch], t->column[test] } };

	draw(o, "<section>");
	draw_curves(o, title, "epoch", across, c, 2);
	draw(o, "</section>");
}

void
write_curves(const char *file, const Graph *g, const char *log)
{
	Out *o = out_new();
	Log t = read_log(log);
	int epochs = g->train->epochs, done = t.count ? (int)t.column[Epoch][t.count - 1] : 0;
	Ticks across = ticks_around(0, epochs, 8);
	size_t len;
	const char *text;

	across.step = fmax(across.step, 1);
	across.hi = epochs;
	draw_page(o, arena_text("%s - training", g->name),
	          done < epochs ? "\n<meta http-equiv=\"refresh\" content=\"15\">" : "");
	draw(o, "<h1>%s</h1>", draw_escaped(g->name));
	draw(o, "<p>epoch %d of %d, batch %d, seed %llu%s</p>\n<main>", done, epochs, g->train->batch,
	     (unsigned long long)g->train->seed, done < epochs ? "; this page reloads itself" : "");
	draw_pair(o, "loss", &t, TrainLoss, TestLoss, across);
	draw_pair(o, "error", &t, TrainError, TestError, across);
	draw_rate(o, g->train, done, across);
	draw_table(o, &t);
	draw(o, "</main>\n</body>\n</html>");
	text = out_string(o, &len);
	write_at(file, text, len);
}
