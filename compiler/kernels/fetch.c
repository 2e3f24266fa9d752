/*
** fetch.c - weights that come from memory or the last cache: how long before they are read they are fetched, and what
** code does so.
*/
#include "conv.h"

enum {
	FetchWeights = 1 << 18,      /* bytes: larger weights are prefetched */
	FetchAhead   = 1 << 12       /* weights ahead of their use */
};

int
fetch_ahead(const Target *t, size_t bytes)
{
	return bytes > FetchWeights && (double)bytes > t->l1 ? FetchAhead : 0;
}

/* emit_fetch - every line that a later k step reads, ahead weights of so many bytes from here; 0: they stay cached */
void
emit_fetch(Out *o, int per, size_t bytes)
{
	int line = LineBytes/(int)bytes;

	if (per <= line) {
		out_line(o, "if (ahead) RC_FETCH(w + ahead);");
		return;
	}
	out_flow(o, "if (ahead) {");
	for (int i = 0; i < per; i += line)
		out_flow(o, "RC_FETCH(w + ahead%s);", plus((size_t)i));
	out_flow(o, "}");
	out_flow_end(o);
}

/* shared_by - tiles that read the same weights one after the other; few do it as if each were alone */
static int
shared_by(const Tiling *tl)
{
	int tiles = tl->rows/(tl->chunk < tl->blocks ? tl->bands : 1)*(tl->count[0] + tl->count[1]);

	return tiles < 4 ? 1 : tiles;
}

/*
** fetched - weights to come that a tile fetches while it reads those of one tap of a block of channels; 0: they stay
** cached. Those of the next pass or group are spread over all tiles that share this one's, so that memory is busy all
** the time and not only while the first of them waits. A tile alone fetches what it is about to read itself.
*/
int
fetched(const Kernel *k, const Tiling *tl)
{
	int per = tl->ob*k->t->vl, bytes = (int)weight_bytes(k), read = k->in->lay.cb*per*bytes;
	size_t all = conv_group(k, tl)*(size_t)(vectors_of(k)/tl->ob);

	return fetch_ahead(k->t, all*weight_bytes(k)) ? ceil_div(read, shared_by(tl)*LineBytes)*LineBytes/bytes : 0;
}

/* fetched_by_tile - how far from what a tile fetches lies what the next one does */
size_t
fetched_by_tile(const Kernel *k, const Tiling *tl)
{
	Pair ks = kernel_size(k);

	return shared_by(tl) == 1 ? 0 : (size_t)(fetched(k, tl)*tl->chunk*ks.h*ks.w);
}

/* emit_ahead - what the tiles of a unit, or of a pass of it, are to fetch: the weights behind those they read */
void
emit_ahead(Out *o, const Kernel *k, const Tiling *tl, bool grouped)
{
	Pair ks = kernel_size(k);
	size_t row = fetched_by_tile(k, tl)*(size_t)(tl->count[0] + tl->count[1]);
	const char *at;

	if (!fetched(k, tl))
		return;
	if (shared_by(tl) == 1)
		at = plus(FetchAhead);
	else if (tl->chunk < tl->blocks)
		at = arena_text(" + %s", times("to", (size_t)(k->in->lay.cb*ks.h*ks.w*tl->ob*k->t->vl)));
	else
		at = arena_text("%s%s", plus(conv_group(k, tl)), tl->rows > 1 ? arena_text(" + %s", times("i", row)) : "");
	out_line(o, "const %s *ahead = %s%s;", weight_type(k), grouped ? "wi" : "w", at);
}

/* shares_for - of what comes next, fetched beside so many multiply-adds */
int
shares_for(double macs)
{
	int shares = (int)(macs/FetchShare + 0.5);

	return shares ? shares : 1;
}

int
shares_of(const Kernel *k)
{
	return k->strip && k->family->shares ? k->family->shares(k) : 0;
}
