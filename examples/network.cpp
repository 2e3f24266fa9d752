// network.cpp - the same API from C++17: a class that owns weights and workspace, and says what is wrong by exceptions.
//
//	resnetc examples/cifar_resnet20.lua -w examples/weights/cifar_resnet20.safetensors -o net
//	cc -O2 -c net/[a-z]*.c && c++ -O2 -std=c++17 -Inet examples/network.cpp *.o -lpthread -o network
//	./network net/cifar_resnet20.weights
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>

#include "cifar_resnet20.h"
#include "rc_file.h"
#include "rc_threads.h"

namespace {

void want_ok(int status, const std::string &what)
{
	if (status != RC_OK)
		throw std::runtime_error(what + ": " + rc_strerror(status));
}

// A mapped blob; shared by any number of networks of the same kind.
class Weights {
public:
	explicit Weights(const std::string &path)
	{
		want_ok(rc_file_map(path.c_str(), &data_, &len_), path);
		if (const int status = cifar_resnet20_check(data_, len_); status != RC_OK) {
			rc_file_unmap(data_, len_);
			want_ok(status, path);
		}
	}
	~Weights() { rc_file_unmap(data_, len_); }
	Weights(const Weights &) = delete;
	Weights &operator=(const Weights &) = delete;
	const void *data() const { return data_; }

private:
	const void *data_ = nullptr;
	std::size_t len_ = 0;
};

class Pool {
public:
	explicit Pool(int threads) : threads_(threads), pool_(std::make_unique<rc_pool>()) { want_ok(rc_pool_start(pool_.get(), threads), "pool"); }
	~Pool() { rc_pool_stop(pool_.get()); }
	Pool(const Pool &) = delete;
	Pool &operator=(const Pool &) = delete;
	rc_options options() const
	{
		rc_options o{};
		o.struct_size = sizeof o;
		o.parallel_for = rc_pool_for;
		o.parallel_user = pool_.get();
		o.threads = threads_;
		return o;
	}

private:
	int threads_;
	std::unique_ptr<rc_pool> pool_;
};

// One per thread that calls it: it owns the workspace.
class Network {
public:
	using Input = std::array<float, CIFAR_RESNET20_INPUT_FLOATS>;
	using Output = std::array<float, CIFAR_RESNET20_OUTPUT_FLOATS>;

	explicit Network(std::shared_ptr<const Weights> weights, const rc_options *options = nullptr)
		: weights_(std::move(weights)), options_(options), workspace_(std::aligned_alloc(CIFAR_RESNET20_WORKSPACE_ALIGN, CIFAR_RESNET20_WORKSPACE_BYTES))
	{
		if (!workspace_)
			throw std::bad_alloc();
	}
	Output operator()(const Input &input)
	{
		Output output;
		want_ok(cifar_resnet20_run_with(options_, weights_->data(), input.data(), output.data(), workspace_.get(), CIFAR_RESNET20_WORKSPACE_BYTES), "run");
		return output;
	}

private:
	struct Free { void operator()(void *p) const { std::free(p); } };
	std::shared_ptr<const Weights> weights_;
	const rc_options *options_;
	std::unique_ptr<void, Free> workspace_;
};

}

int main(int argc, char **argv)
try {
	if (argc != 2)
		throw std::invalid_argument("usage: network WEIGHTS");
	const auto weights = std::make_shared<const Weights>(argv[1]);
	const Pool pool(2);
	const rc_options options = pool.options();
	Network alone(weights), together(weights, &options);
	Network::Input image;
	for (std::size_t i = 0; i < image.size(); i++)
		image[i] = static_cast<float>(i%23)/11 - 1;
	const auto logits = alone(image);
	const auto best = std::max_element(logits.begin(), logits.end());
	std::printf("%s %.4f, %s\n", cifar_resnet20_classes[best - logits.begin()], static_cast<double>(*best),
	            logits == together(image) ? "the same bits on two threads" : "other bits on two threads");
	return logits == together(image) ? 0 : 1;
} catch (const std::exception &e) {
	std::fprintf(stderr, "%s\n", e.what());
	return 1;
}
