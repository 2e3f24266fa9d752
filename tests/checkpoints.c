/*
** checkpoints.c - what PyTorch and the programs around it save, what is no weight file at all, and what would harm.
** tests/checkpoints holds what PyTorch and NumPy themselves wrote; make.py there says what is in it.
*/
#include <glob.h>
#include <math.h>
#include <sys/stat.h>
#include <unistd.h>

#include <zip.h>

#include "tests.h"

static const char checkpoint_model[] =
	"local nn = require \"resnet\"\n"
	"return nn.model { name = \"m\", input = nn.image { 3, 2, 2 }, body = function(x)\n"
	"return nn.bn(nn.conv(x, { 2, kernel = { 1, 2 }, padding = 0, name = \"conv1\" })) end }\n";

/* bound_right - the values that make.py gives to all of them */
static void
bound_right(const char *path)
{
	static const DslOptions none;
	Graph *g;
	const Node *conv, *bn;

	put_file("model.lua", checkpoint_model, strlen(checkpoint_model));
	g = dsl_load(in_dir("model.lua"), &none);
	bind_weights(g, weights_open(path));
	conv = g->nodes[1];
	bn = g->nodes[2];
	ck_assert_uint_eq(conv->p[P_weight].count, 12);
	for (int i = 0; i < 12; i++)
		ck_assert_msg(conv->p[P_weight].data[i] == i/8.0, "%s: weight %d is %g", path, i, conv->p[P_weight].data[i]);
	for (int p = P_bn_weight; p <= P_bn_var; p++)
		for (int i = 0; i < 2; i++)
			ck_assert_msg(bn->p[p].data[i] == (12 + 2*(p - P_bn_weight) + i)/8.0, "%s: parameter %d is %g", path, p, bn->p[p].data[i]);
}

START_TEST(checkpoint_is_read)
{
	static const char *const files[] = { "zip.pth", "legacy.pth", "checkpoint.pth", "strided.pt", "strided_legacy.pt", "arrays.npz", "keras.npz" };

	bound_right(arena_text("tests/checkpoints/%s", files[_i]));
}
END_TEST

/* what is told of a file is told once, however often it is opened */
START_TEST(told_once)
{
	Ran r = resnetc("%s -w tests/checkpoints/beside/module.pth -o %s", model_file(checkpoint_model), in_dir("compiled"));

	ck_assert_str_eq(r.err, "note: tests/checkpoints/beside/module.pth: a whole module: its parameters and buffers are read as state_dict() gives them\n");
	ck_assert_int_eq(r.status, ExitOk);
}
END_TEST

START_TEST(shards_may_be_checkpoints)
{
	bound_right("tests/checkpoints/shards/pytorch_model.bin.index.json");
}
END_TEST

static Tensor *
tensor_called(const Weights *w, const char *name)
{
	for (int i = 0; i < w->count; i++)
		if (!strcmp(w->tensors[i].name, name))
			return &w->tensors[i];
	ck_abort_msg("no tensor '%s'", name);
}

/* a layer of the file has what its weight is computed of, and the weight that PyTorch computes of it */
START_TEST(weights_are_computed_of_their_parts)
{
	static const char *const layers[] = { "old", "one", "all", "new", "spectral", "transposed", "parametrized", "pruned" };
	Weights *w = weights_open("tests/checkpoints/reparametrized.safetensors");

	ck_assert_int_eq(w->count, 2*8 + 2);
	tensor_called(w, "other.weight_g");
	tensor_called(w, "other.weight_v");
	for (int l = 0; l < 8; l++) {
		const Tensor *got = tensor_called(w, arena_text("%s.weight", layers[l]));
		const Tensor *want = tensor_called(w, arena_text("%s.want", layers[l]));
		ck_assert_str_eq(tensor_shape(got), tensor_shape(want));
		for (size_t i = 0; i < tensor_count(want); i++)
			ck_assert_msg(fabs(tensor_get(got, i) - tensor_get(want, i)) < 1e-6, "%s: element %zu is %g, want %g", layers[l], i,
			              tensor_get(got, i), tensor_get(want, i));
	}
}
END_TEST

/* whatever training programs keep beside the tensors, or around them */
static glob_t beside, hostile;

START_TEST(what_is_beside_is_skipped)
{
	bound_right(beside.gl_pathv[_i]);
}
END_TEST

START_TEST(a_key_chooses)
{
	static const char *const both = "tests/checkpoints/beside/ema_module.pth";
	Weights *w = weights_open(arena_text("%s:model", both));
	Ran r;

	ck_assert_double_eq(tensor_get((tensor_load(&w->tensors[0]), &w->tensors[0]), 0), 1);
	w = weights_open(arena_text("%s:ema.module", both));
	ck_assert_double_eq(tensor_get((tensor_load(&w->tensors[0]), &w->tensors[0]), 0), 0);
	ck_assert_int_eq(weights_open(arena_text("%s:ema", both))->count, 6);
	ck_assert(beside.gl_pathc >= 30 && hostile.gl_pathc >= 6);   /* that they are there at all */
	bound_right("tests/checkpoints/beside/list.pth:1");
	bound_right("tests/checkpoints/beside/lightning.ckpt:state_dict.model");     /* a part of the names */
	bound_right("tests/checkpoints/beside/lightning.ckpt:model");
	r = resnetc("weights %s", both);
	ck_assert_str_eq(r.err, "note: tests/checkpoints/beside/ema_module.pth: the weights are those of 'ema.module'; 'model' would do too (-w FILE:model)\n");
	r = resnetc("weights -q %s", both);
	ck_assert_str_eq(r.err, "");
	r = resnetc("weights %s:modle", both);
	ck_assert_int_eq(r.status, ExitInput);
	ck_assert_str_eq(r.err, "tests/checkpoints/beside/ema_module.pth: want tensors under the key 'modle', got them in 'ema.module', 'model'\n");
	r = resnetc("weights %s:", both);
	ck_assert_str_eq(r.err, "tests/checkpoints/beside/ema_module.pth:: want a key after the colon, got none\n");
	r = resnetc("weights tests/checkpoints/arrays.npz:bn1");
	ck_assert_msg(r.status == ExitOk && strstr(r.out, "\nrunning_mean ") && !strstr(r.out, "bn1"), "%s%s", r.out, r.err);
	r = resnetc("weights tests/checkpoints/arrays.npz:bn2");
	ck_assert_str_eq(r.err, "tests/checkpoints/arrays.npz: want tensors called 'bn2.something', got none; the first is 'conv1.weight'\n");
}
END_TEST

/* legacy - a stream whose object is this pickle, then the list of storages */
static const char *
legacy(const char *object, size_t len)
{
	static const char head[] = "\x80\x02\x8a\x0al\xfc\x9c" "F\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.\x80\x02}q\0.";
	char all[512];
	size_t n = sizeof head - 1;

	memcpy(all, head, n);
	memcpy(all + n, object, len);
	memcpy(all + n + len, "\x80\x02]q\0.", 6);
	put_file("w.pth", all, n + len + 6);
	return in_dir("w.pth");
}

/* a name and a tensor of two floats, broadcast to n rows */
#define TENSOR(name, n) "X\x01\0\0\0" name "ctorch._utils\n_rebuild_tensor_v2\n((X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\0" "0X\x03\0\0\0cpuK\x02NtQK\0" n "\x89}tR"

#define PICKLE(text) text, sizeof text - 1
static const struct { const char *object; size_t len; const char *want; } pickles[] = {
	{ PICKLE("\x80\x02" "cos\nsystem\nX\x04\0\0\0true\x85R."),
	  "w.pth: pickle, byte 13: want a checkpoint, got a program: Python would call 'os system' when it loads this\n" },
	{ PICKLE("\x80\x02" "cbuiltins\neval\n(X\x01\0\0\0" "1tR."),
	  "w.pth: pickle, byte 17: want a checkpoint, got a program: Python would call 'builtins eval' when it loads this\n" },
	{ PICKLE("\x80\x04\x8c\x05posix\x8c\x06system\x93."),
	  "w.pth: pickle, byte 18: want a checkpoint, got a program: Python would call 'posix system' when it loads this\n" },
	{ PICKLE("\x80\x02(\x82"), "w.pth: pickle, byte 3: want an opcode of a pickle, got 0x82\n" },
	{ PICKLE("\x80\x02]q\0h\0a."), "w.pth: want a state dict, or a dictionary with one in it, got a list without tensors\n" },
	{ PICKLE("\x80\x02}q\0X\x05\0\0\0modelh\0s."), "w.pth: want a state dict, or a dictionary with one in it, got a dictionary without tensors\n" },
	{ PICKLE("\x80\x02h\x07."), "w.pth: pickle, byte 4: want a memo that was set, got number 7\n" },
	{ PICKLE("\x80\x02r\xff\xff\xff\x7f."), "w.pth: pickle, byte 7: want a value to remember, got none\n" },
	{ PICKLE("\x80\x02Nr\xff\xff\xff\x7f."), "w.pth: pickle, byte 8: want a memo number below the pickle's 15 bytes, got 2147483647\n" },
	{ PICKLE("\x80\x02X\xff\xff\xff\x7f."), "w.pth: pickle, byte 7: want a string of 2147483647 bytes within the file, got the end\n" },
	{ PICKLE("\x80\x02" "0."), "w.pth: pickle, byte 3: want a value on the stack, got none\n" },
	{ PICKLE("\x80\x02Nu."), "w.pth: pickle, byte 4: want a mark on the stack, got none\n" },
	{ PICKLE("\x80\x02(K\x01K\x02tQ."), "w.pth: pickle, byte 9: want a persistent id of a storage, got something else\n" },
	{ PICKLE("\x80\x02" "ctorch._utils\n_rebuild_tensor_v2\n)R."),
	  "w.pth: pickle, byte 37: want a tensor as storage, offset, at most 8 sizes and as many strides, got something else\n" },
	/* storage of 2 elements, sizes (3,): reaches beyond */
	{ PICKLE("\x80\x02}X\x01\0\0\0actorch._utils\n_rebuild_tensor_v2\n((X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\0" "0X\x03\0\0\0cpuK\x02NtQK\0K\x03\x85K\x01\x85\x89}tRs."),
	  "w.pth: pickle, byte 107: want a tensor within its storage of 2 elements, got one that reaches element 2\n" },
	{ PICKLE("\x80\x02}X\x01\0\0\0actorch._utils\n_rebuild_tensor_v2\n((X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\0" "0X\x03\0\0\0cpuK\x02NtQK\0K\x03\x85\x8a\x06\0\0\0\0\0\x20\x85\x89}tRs."),
	  "w.pth: pickle, byte 113: want a tensor within its storage of 2 elements, got one that reaches beyond\n" },
	{ PICKLE("\x80\x02" "ccollections\nOrderedDict\n]K\x01" "a\x85R."), "w.pth: pickle, byte 33: want pairs for an OrderedDict, got something else\n" },
	{ PICKLE("\x80\x02" "ctorch._utils\n_rebuild_parameter\nK\x01\x85R."), "w.pth: want a state dict, or a dictionary with one in it, got something else\n" },
	{ PICKLE("\x80\x02K\x01\x86."), "w.pth: pickle, byte 5: want 2 values for a tuple, got 1\n" },
	{ PICKLE("\x80\x02}s."), "w.pth: pickle, byte 4: want a dictionary and pairs on the stack, got something else\n" },
	{ PICKLE("\x80\x04K\x01K\x02\x93."), "w.pth: pickle, byte 7: want the names of a global, got something else\n" },
	{ PICKLE("\x80\x02}(X\x01\0\0\0x}(" TENSOR("a", "K\x02\x85K\x01\x85") "uX\x01\0\0\0y}(" TENSOR("b", "K\x02\x85K\x01\x85") "uu."),
	  "w.pth: want one dictionary of tensors, got them in 'x', 'y' (choose with -w FILE:KEY)\n" },
	{ PICKLE("\x80\x02}(" TENSOR("a", "M\x00\x04K\x02\x86K\0K\x01\x86") "u."), "w.pth: tensor 'a': want at most 64 uses of each of its 2 stored values, got shape 1024x2\n" },
};
enum { NPickles = sizeof pickles/sizeof *pickles };

START_TEST(bad_pickle)
{
	Ran r = resnetc("weights %s", legacy(pickles[_i].object, pickles[_i].len));

	ck_assert_str_eq(r.err, pickles[_i].want);
	ck_assert_int_eq(r.status, ExitInput);
}
END_TEST

/* what only big pickles reach: the stack, the memory for values; a long text is skipped like anything else */
START_TEST(big_pickles)
{
	static const char head[] = "\x80\x02\x8a\x0al\xfc\x9c" "F\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.\x80\x02}q\0.\x80\x02";
	static const char *const want[] = { "want at most 1048576 values on the stack, got more", "want a pickle that needs at most 128 MB of memory, got more",
		"want a state dict, or a dictionary with one in it, got a dictionary without tensors",
		"want a state dict, or a dictionary with one in it, got a list without tensors" };
	size_t n = sizeof head - 1, len = 6 << 20;
	char *all = malloc(len);

	memcpy(all, head, n);
	for (int i = 0; i < 4; i++) {
		for (size_t k = n; k < len; k++)
			all[k] = i == 1 && (k - n)%2 ? '0' : i < 3 ? '}' : k - n < 500000 ? ']' : 'a';
		if (i == 2) {
			memcpy(all + n, "}X\1\0\0\0kX\1\0\1\0", 12);
			memcpy(all + n + 12 + 65537, "s.\x80\x02].", 6);
		}
		if (i == 3)                  /* lists in lists */
			memcpy(all + n + 999999, ".\x80\x02].", 5);
		put_file("w.pth", all, len);
		Ran r = resnetc("weights %s", in_dir("w.pth"));
		ck_assert_msg(strstr(r.err, want[i]) != NULL && r.status == ExitInput, "%s", r.err);
	}
	free(all);
}
END_TEST

/* calls are remembered, never made: whoever calls the shell is refused, others are skipped */
START_TEST(nothing_is_executed)
{
	const char *path = hostile.gl_pathv[_i];
	bool skipped = strstr(path, "skipped_") != NULL;
	Ran r = resnetc("weights %s", path);

	ck_assert_msg(access("EXECUTED", F_OK) == -1, "%s was executed", path);
	ck_assert_int_eq(r.status, skipped ? ExitOk : ExitInput);
	ck_assert_msg(skipped || strstr(r.err, "want a checkpoint, got a program: Python would call '") || strstr(r.err, "want at most 16384 modules"), "%s", r.err);
	if (skipped)
		bound_right(path);
}
END_TEST

START_TEST(bad_stream_of_storages)
{
	static const char head[] = "\x80\x02\x8a\x0al\xfc\x9c" "F\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.\x80\x02}q\0.\x80\x02}.\x80\x02";
	char all[80];

	memcpy(all, head, sizeof head - 1);
	memcpy(all + sizeof head - 1, "}.", 2);
	put_file("w.pth", all, sizeof head + 1);
	ck_assert_str_eq(resnetc("weights %s", in_dir("w.pth")).err, "w.pth: want a list of storages after the object, got something else\n");
	memcpy(all + sizeof head - 1, "]K\1a.", 5);
	put_file("w.pth", all, sizeof head + 4);
	ck_assert_str_eq(resnetc("weights %s", in_dir("w.pth")).err, "w.pth: want the keys of storages as strings, got something else\n");
}
END_TEST

/* zipped - one more entry in PyTorch's own file */
static const char *
zipped(const char *name, const char *data, size_t len)
{
	const char *file_ = in_dir("more.pth");
	size_t n;
	const void *old = file_map("tests/checkpoints/zip.pth", &n);
	int error;
	zip_t *z;
	zip_int64_t at;

	put_file("more.pth", old, n);
	z = zip_open(file_, 0, &error);
	ck_assert_ptr_nonnull(z);
	at = zip_name_locate(z, name, ZIP_FL_NODIR);
	if (at >= 0)
		ck_assert_int_eq(zip_file_replace(z, (zip_uint64_t)at, zip_source_buffer(z, data, len, 0), 0), 0);
	else
		ck_assert_int_ge(zip_file_add(z, arena_text("archive/%s", name), zip_source_buffer(z, data, len, 0), 0), 0);
	ck_assert_int_eq(zip_close(z), 0);
	return file_;
}

START_TEST(bad_zipped_checkpoint)
{
	size_t len = 33u << 20;
	char *noise = malloc(len);
	uint64_t s = 1;

	ck_assert_str_eq(resnetc("weights %s", zipped("byteorder", "big", 3)).err, "more.pth: want little-endian tensors, got byteorder 'big'\n");
	for (size_t i = 0; i < len; i++)
		noise[i] = (char)((s = s*6364136223846793005u + 1) >> 56);
	ck_assert_str_eq(resnetc("weights %s", zipped("data.pkl", noise, len)).err, "more.pth: pickle, byte 5: want a string of 818400192 bytes within the file, got the end\n");
	free(noise);
}
END_TEST

/* --- files that are something else --- */

#define LFS "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 12345\n"
#define FILE_OF(name, text) name, text, sizeof (text) - 1
static const struct { const char *name, *text; size_t len; const char *want; } others[] = {
	{ FILE_OF("lfs.safetensors", LFS), "a Git-LFS pointer: the file itself is still to be fetched (git lfs pull)" },
	{ FILE_OF("page.pth", "<!DOCTYPE html><html>404 Not Found</html>\n"), "a web page (HTML) instead of what was to be downloaded" },
	{ FILE_OF("page.npz", "\n\n  <html lang=en>"), "a web page (HTML) instead of what was to be downloaded" },
	{ FILE_OF("denied.pth", "\xef\xbb\xbf<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>"), "a web page (HTML) instead of what was to be downloaded" },
	{ FILE_OF("a.pth.gz", "\x1f\x8b\x08\0\0\0\0\0\0\3"), "gzip: unpack it first" },
	{ FILE_OF("a.pth.bz2", "BZh91AY&SY"), "bzip2: unpack it first" },
	{ FILE_OF("a.pth.xz", "\xfd" "7zXZ\0"), "xz: unpack it first" },
	{ FILE_OF("a.pth.zst", "\x28\xb5\x2f\xfd\4"), "zstd: unpack it first" },
	{ FILE_OF("a.7z", "7z\xbc\xaf\x27\x1c"), "a 7z archive: unpack it first" },
	{ FILE_OF("a.png", "\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), "a PNG picture" },
	{ FILE_OF("a.jpg", "\xff\xd8\xff\xe0\0\x10JFIF"), "a JPEG picture" },
	{ FILE_OF("a.webp", "RIFF\1\0\0\0WEBPVP8 "), "a WebP picture" },
	{ FILE_OF("a.gif", "GIF89a"), "a GIF picture" },
	{ FILE_OF("a.pdf", "%PDF-1.4"), "a PDF document" },
	{ FILE_OF("w.h5", "\x89HDF\r\n\x1a\n........"), "HDF5: save the tensors with numpy.savez" },
	{ FILE_OF("m.tflite", "\x1c\0\0\0TFL3\0\0"), "a TensorFlow Lite model: make it an ONNX file with tf2onnx (--tflite)" },
	{ FILE_OF("saved_model.pb", "\x08\x01\x12\xd0\1"), "a TensorFlow SavedModel: save its variables with numpy.savez" },
	{ FILE_OF("model.ckpt.index", "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0W\xfb\x80\x8b$uG\xdb"),
	  "the index of a TensorFlow checkpoint: save its variables with numpy.savez" },
	{ FILE_OF("m.gguf", "GGUF\3\0\0\0"), "GGUF (llama.cpp)" },
	{ FILE_OF("m.param", "7767517\n75 83\n"), "an ncnn model" },
	{ FILE_OF("net.weights", "resnetc\0\1\0\0\0"), "resnetc's own packed weights: want the file that they were made from" },
	{ FILE_OF("a.out", "\x7f" "ELF\2\1\1"), "a program" },
	{ FILE_OF("notes.txt", "accuracy 93.1 after 90 epochs of training, then less\n"), "text: 'accuracy 93.1 after 90 epochs of trainin...'" },
	{ FILE_OF("ab", "ab"), "text: 'ab'" },
	{ FILE_OF("zeros.pth", "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"), "nothing but zeros (a download that did not end?)" },
	{ FILE_OF("noise", "\x01\x02\x03\x04\x05"), "something else, which begins 01 02" },
	{ FILE_OF("d.pkl", "\x80\4\x95\x1d\0\0\0\0\0\0\0}\x94\x8c\x0c" "conv1.weight\x94]\x94G?\xf0\0\0\0\0\0\0" "as."),
	  "a pickle of a dictionary without tensors, not what torch.save writes" },
	{ FILE_OF("none.pkl", "\x80\4N."), "a pickle of something else, not what torch.save writes" },
	{ FILE_OF("empty.zip", "PK\5\6\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"), "an empty zip archive" },
};
enum { NOthers = sizeof others/sizeof *others };

START_TEST(other_files_are_named)
{
	Ran r;

	put_file(others[_i].name, others[_i].text, others[_i].len);
	r = resnetc("weights %s", in_dir(others[_i].name));
	ck_assert_str_eq(r.err, arena_text("%s: want .pth, .safetensors, .npz or .onnx, got %s\n", others[_i].name, others[_i].want));
	ck_assert_int_eq(r.status, ExitInput);
}
END_TEST

/* archive - a zip with one empty entry of each of these names */
static const char *
archive(const char *name, const char *const *entries)
{
	int error;
	zip_t *z = zip_open(in_dir(name), ZIP_CREATE | ZIP_TRUNCATE, &error);

	for (; *entries; entries++)
		ck_assert_int_ge(zip_file_add(z, *entries, zip_source_buffer(z, "", 0, 0), 0), 0);
	ck_assert_int_eq(zip_close(z), 0);
	return in_dir(name);
}

START_TEST(an_archive_cut_short_is_told)
{
	put_file("cut.npz", "PK\3\4\x14\0\0\0\0", 10);
	ck_assert_str_eq(resnetc("weights %s", in_dir("cut.npz")).err,
	                 "cut.npz: want a whole zip archive, got 10 bytes without its end: cut short on the way here?\n");
}
END_TEST

START_TEST(other_archives_are_named)
{
	static const struct { const char *name, *entries[4], *want; } zips[] = {
		{ "m.keras", { "metadata.json", "config.json", "model.weights.h5" }, "a Keras model: save the arrays of its layers with numpy.savez" },
		{ "m.pt2", { "m/archive_format", "m/data/weights/weight_0" }, "a PyTorch export (.pt2): save its weights with torch.save(program.state_dict, ...)" },
		{ "old.pt2", { "serialized_exported_program.json", "version" }, "a PyTorch export (.pt2): save its weights with torch.save(program.state_dict, ...)" },
		{ "w.zip", { "resnet/", "resnet/w.pth" }, "a zip archive with 'resnet/w.pth' in it: unpack it first" },
	};
	static const char *const tars[][2] = { { "s", "a tar archive with 's' in it: unpack it first" },
		{ "./sys_info", "a checkpoint of PyTorch before 0.1.10 (tar): load it and save it again with a newer one" } };
	char tar[10240] = { 0 };

	for (size_t i = 0; i < sizeof zips/sizeof *zips; i++)
		ck_assert_str_eq(resnetc("weights %s", archive(zips[i].name, zips[i].entries)).err,
		                 arena_text("%s: want .pth, .safetensors, .npz or .onnx, got %s\n", zips[i].name, zips[i].want));
	for (int i = 0; i < 2; i++) {
		snprintf(tar, 100, "%s", tars[i][0]);
		memcpy(tar + 257, "ustar", 5);
		put_file("old.pth.tar", tar, sizeof tar);
		ck_assert_str_eq(resnetc("weights %s", in_dir("old.pth.tar")).err,
		                 arena_text("old.pth.tar: want .pth, .safetensors, .npz or .onnx, got %s\n", tars[i][1]));
	}
	ck_assert_str_eq(resnetc("weights tests/checkpoints/dumped.pkl").err,
	                 "tests/checkpoints/dumped.pkl: want .pth, .safetensors, .npz or .onnx, got a pickle of tensors: save them with torch.save\n");
	put_file("cut.zip", "PK\3\4", 4);
	ck_assert_int_eq(resnetc("weights %s", in_dir("cut.zip")).status, ExitInput);
	put_file("w.json", "{\"a\": 1}", 8);
	ck_assert_str_eq(resnetc("weights %s", in_dir("w.json")).err, "w.json: want safetensors, or an index of shards with \"weight_map\", got other JSON\n");
	put_file("lfs.onnx", LFS, strlen(LFS));
	ck_assert_str_eq(resnetc("import %s", in_dir("lfs.onnx")).err, "lfs.onnx: want an ONNX model, got a Git-LFS pointer: the file itself is still to be fetched (git lfs pull)\n");
}
END_TEST

START_TEST(a_folder_is_no_file)
{
	static const char *const inside[][2] = { { NULL, "a folder" }, { "saved_model.pb", "a TensorFlow SavedModel: save its variables with numpy.savez" },
		{ "data.pkl", "the folder of an unpacked checkpoint: zip it again" }, { "pytorch_model.bin", "a folder: give 'pytorch_model.bin' in it" },
		{ "model.safetensors", "a folder: give 'model.safetensors' in it" } };

	ck_assert_int_eq(mkdir(in_dir("hub"), 0777), 0);
	for (int i = 0; i < 5; i++) {
		if (inside[i][0])
			put_file(arena_text("hub/%s", inside[i][0]), "x", 1);
		ck_assert_str_eq(resnetc("weights %s", in_dir("hub")).err, arena_text("hub: want .pth, .safetensors, .npz or .onnx, got %s\n", inside[i][1]));
	}
}
END_TEST

SUITE(checkpoints)
{
	TCase *t = part("checkpoints");

	tcase_add_loop_test(t, checkpoint_is_read, 0, 7);
	tcase_add_test(t, told_once);
	tcase_add_test(t, shards_may_be_checkpoints);
	tcase_add_test(t, weights_are_computed_of_their_parts);
	glob("tests/checkpoints/beside/*", 0, NULL, &beside);
	tcase_add_loop_test(t, what_is_beside_is_skipped, 0, (int)beside.gl_pathc);
	tcase_add_test(t, a_key_chooses);
	tcase_add_loop_test(t, bad_pickle, 0, NPickles);
	tcase_add_test(t, big_pickles);
	glob("tests/checkpoints/hostile/*", 0, NULL, &hostile);
	tcase_add_loop_test(t, nothing_is_executed, 0, (int)hostile.gl_pathc);
	tcase_add_test(t, bad_stream_of_storages);
	tcase_add_test(t, bad_zipped_checkpoint);
	tcase_add_loop_test(t, other_files_are_named, 0, NOthers);
	tcase_add_test(t, an_archive_cut_short_is_told);
	tcase_add_test(t, other_archives_are_named);
	tcase_add_test(t, a_folder_is_no_file);
}
