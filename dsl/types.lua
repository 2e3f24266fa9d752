---@class resnet.Tensor                  a result inside the network; x + y and x*y are nn.add and nn.mul
---@field name string
---@field op string
---@field channels integer
---@field height integer
---@field width integer
---@operator add(resnet.Tensor): resnet.Tensor
---@operator mul(resnet.Tensor): resnet.Tensor

---@alias resnet.Part fun(x: resnet.Tensor): resnet.Tensor
---@alias resnet.Block fun(x: resnet.Tensor, width: integer, o?: resnet.BlockOptions): resnet.Tensor
---@alias resnet.Conv fun(x: resnet.Tensor, channels: integer, o: table): resnet.Tensor
---@alias resnet.Act string|resnet.Part    "relu", nn.relu
---@alias resnet.Variant "v1"|"v1.5"|"B"|"C"|"D"
---@alias resnet.Shortcut "identity"|"A"|"B"|"C"|"D"|"bias"|"bare"|fun(x: resnet.Tensor, channels: integer, o: resnet.BlockOptions): resnet.Tensor
---@alias resnet.Pool "avg"|"max"|"concat"|"none"

---@class (exact) resnet.BlockOptions
---@field stride? integer                  of the first 3x3; on the first 1x1 of a bottleneck with variant "v1"
---@field variant? resnet.Variant
---@field shortcut? resnet.Shortcut        "B" where the shape changes
---@field groups? integer                  of the 3x3 (ResNeXt)
---@field base_width? integer              width of a group for width 64, as in torchvision: 64
---@field expansion? integer               of a bottleneck: 4
---@field dilation? integer                of the 3x3
---@field se? integer                      squeeze-excite; channels are divided by this number
---@field act? resnet.Act                  "relu"
---@field padding? integer|"same"          of the 3x3
---@field gate? resnet.Part                before the addition: nn.eca, nn.cbam
---@field conv? resnet.Conv                for the 3x3, its norm and activation: nn.sk, nn.split_attention
---@field inner? resnet.Part               between the convolutions
---@field channels? integer                of the layers within
---@field twice? boolean                   another 3x3 behind the first
---@field index? integer                   of the block in its stage, from 0

---@class (exact) resnet.Res2Options
---@field stride? integer
---@field variant? resnet.Variant
---@field shortcut? resnet.Shortcut
---@field groups? integer
---@field base_width? integer              26
---@field scale? integer                   parts of the channels: 4
---@field dilation? integer
---@field se? integer
---@field gate? resnet.Part
---@field act? resnet.Act

---@class (exact) resnet.ConvNextOptions
---@field stride? integer
---@field kernel? integer                  7
---@field expansion? integer               4
---@field scale? boolean                   layer scale: true
---@field response? boolean                ConvNeXt V2's response norm: false
---@field dilation? integer
---@field act? resnet.Act                  "gelu"

---@class (exact) resnet.RegnetOptions
---@field stride? integer
---@field group_width? integer             channels of a group: all
---@field se? integer                      squeeze-excite of the block's input's channels divided by this number
---@field dilation? integer
---@field act? resnet.Act                  "relu"

---@class (exact) resnet.DarknetOptions
---@field stride? integer
---@field expansion? number                0.5
---@field groups? integer
---@field inner? resnet.Part               between the convolutions
---@field dilation? integer
---@field act? resnet.Act                  "leaky_relu"

---@class (exact) resnet.IresnetOptions
---@field stride? integer
---@field se? integer
---@field gate? resnet.Part
---@field dilation? integer
---@field act? resnet.Act                  "prelu"

---@class (exact) resnet.InvertedResidualOptions
---@field stride? integer
---@field expansion? number                6
---@field kernel? integer                  3
---@field padding? integer|"same"
---@field se? integer                      squeeze-excite of the block's input's channels divided by this number
---@field dilation? integer
---@field act? resnet.Act                  "relu6"

---@class (exact) resnet.Stage
---@field [1] resnet.Block                 nn.basic, nn.bottleneck, nn.preact, nn.preact_bottleneck, nn.plain or a function
---@field blocks? integer                  1
---@field width integer                    before expansion
---@field stride? integer|integer[]        of the first block, or of each
---@field variant? resnet.Variant
---@field shortcut? resnet.Shortcut
---@field groups? integer
---@field base_width? integer
---@field expansion? integer
---@field dilation? integer
---@field se? integer
---@field act? resnet.Act
---@field padding? integer|"same"
---@field gate? resnet.Part
---@field conv? resnet.Conv
---@field scale? integer|boolean           of nn.res2, nn.convnext
---@field kernel? integer                  of nn.convnext, nn.inverted_residual
---@field response? boolean                of nn.convnext
---@field group_width? integer             of nn.regnet

---@class (exact) resnet.ImageOptions
---@field [1] integer                      channels
---@field [2] integer                      height
---@field [3] integer                      width
---@field mean? number[]                   of (scale*pixel - mean)/std
---@field std? number[]
---@field scale? number                    1/255
---@field crop? number                     pictures: the shorter side is resized to the input's size / crop, the centre kept
---@field dtype? "float"|"u8"              what NAME_run takes
---@field layout? "CHW"|"HWC"
---@field order? "RGB"|"BGR"               the caller's channels
---@field trained? "RGB"|"BGR"             the network's
---@field normalize? boolean               NAME_run applies scale, mean and std itself; the default of u8

---@class resnet.Image

---@class (exact) resnet.StemOptions
---@field [1]? integer                     width
---@field preact? boolean                  no bn-relu: the first block brings it

---@class (exact) resnet.DeepStemOptions
---@field [1]? integer                     32
---@field [2]? integer                     32
---@field [3]? integer                     64

---@class (exact) resnet.ClassifierOptions
---@field [1] integer                      classes
---@field name? string                     "fc"
---@field pool? resnet.Pool                "avg"
---@field size? integer|integer[]          pool to size x size: 1
---@field bias? boolean                    true
---@field softmax? boolean
---@field top? integer                     return the k largest, then their classes
---@field norm? boolean|string             bn-relu before the pool (pre-activation)

---@class (exact) resnet.EmbeddingOptions
---@field pool? resnet.Pool
---@field size? integer|integer[]
---@field norm? boolean|string

---@class (exact) resnet.FastaiHeadOptions
---@field [1] integer                      classes
---@field hidden? integer[]                { 512 }
---@field pool? resnet.Pool                "concat"
---@field softmax? boolean
---@field top? integer

---@class (exact) resnet.UpsampleOptions
---@field scale? number|number[]
---@field size? integer|integer[]
---@field mode? "nearest"|"bilinear"|"bicubic"
---@field align_corners? boolean
---@field name? string

---@class (exact) resnet.BatchNormDefaults
---@field eps? number                      1e-5
---@field split? boolean                   weight and bias are a Scale layer's

---@class (exact) resnet.Quantize
---@field keep? string[]                   layers that stay on floats, { "conv1", "layer4.*" }
---@field ranges? "mse"|"minmax"
---@field act? "u8"|"u7"
---@field bias? boolean                    true: biases make up for what rounding does to the mean

---@class (exact) resnet.CrossEntropyOptions
---@field label_smoothing? number          0

---@class (exact) resnet.SgdOptions
---@field momentum? number                 0.9
---@field nesterov? boolean
---@field weight_decay? number             1e-4
---@field decay? "all"|"weights"           "weights": those of convolutions and linear layers alone

---@class (exact) resnet.OneCycleOptions
---@field peak? number                     0.1
---@field warm? number                     share of all steps on the way up: 0.2

---@class (exact) resnet.HeOptions
---@field zero_gamma? boolean              the last batch norm of each block starts at 0

---@class (exact) resnet.AugmentOptions
---@field crop? integer                    moved by up to so many pixels
---@field flip? boolean                    half of the pictures are mirrored
---@field cutout? integer                  side of a square that is left out

---@class (exact) resnet.TrainBatchNormOptions
---@field momentum? number                 of the running statistics: 0.1
---@field frozen? boolean                  by the running statistics, which stay
---@field groups? integer                  parts of a batch with statistics of their own: 1

---@class (exact) resnet.TrainOptions
---@field batch? integer                   128
---@field epochs? integer                  20
---@field seed? integer                    1
---@field loss? resnet.Loss                nn.cross_entropy
---@field optimizer? resnet.Optimizer      nn.sgd
---@field schedule? resnet.Schedule        nn.one_cycle, nn.steps, nn.constant
---@field augment? resnet.AugmentOptions
---@field bn? resnet.TrainBatchNormOptions
---@field freeze? string[]                 parts that stay, { "stem", "layer1" }
---@field fresh? string[]                  parts made up anew beside weights, { "fc" }
---@field init? resnet.Init                nn.he
---@field recompute? boolean|number        results for the way back are made again rather than kept, where they were more MB

---@class resnet.Train
---@class resnet.Loss
---@class resnet.Optimizer
---@class resnet.Schedule
---@class resnet.Init

---@class (exact) resnet.ModelOptions
---@field name string                      prefix of every generated symbol, a C identifier
---@field input? resnet.Image              nn.image { ... }
---@field stem? resnet.Part
---@field stages? resnet.Part[]            named layer1, layer2, ...
---@field body? resnet.Part
---@field head? resnet.Part|table          or { { "name", part }, ... } for several outputs
---@field variant? resnet.Variant          of all stages that do not say their own
---@field shortcut? resnet.Shortcut
---@field act? resnet.Act
---@field names? "torchvision"|"timm"|"fastai"|"fastbook"|"learner"|"cifar"|"huggingface"|"senet"|table<string, string>|fun(name: string): string
---@field prefix? string                   before every weight's name, such as "module."
---@field classes? string[]
---@field quantize? resnet.Quantize       for networks of bytes
---@field ignore? string[]                 names in the weight file that may stay unused, { "fc.*" }
---@field image? table
---@field outputs? table                   of a flat model that began with nn.input
---@field taps? string[]                   parts or layers whose results are outputs too
---@field bn? resnet.BatchNormDefaults|"folded"
---@field bias? boolean                    convolutions have a bias beside their batch norm
---@field standardize? number              eps of weight standardization of convolutions
---@field train? resnet.Train              nn.train { ... }

---@class resnet.Model

---@class resnet
---@field arg table<string, string>        what the command line says with -D key=value
---@field imagenet_mean number[]
---@field imagenet_std number[]
nn.stem = {}

---@param o resnet.ImageOptions
---@return resnet.Image
function nn.image(o) end

---@param m resnet.ModelOptions
---@return resnet.Model
function nn.model(m) end

---@param o? resnet.TrainOptions
---@return resnet.Train
function nn.train(o) end

---@param o? resnet.CrossEntropyOptions
---@return resnet.Loss
function nn.cross_entropy(o) end

---@param o? resnet.SgdOptions
---@return resnet.Optimizer
function nn.sgd(o) end

---@param o number[]
---@return resnet.Schedule
function nn.constant(o) end

---@param o table
---@return resnet.Schedule
function nn.steps(o) end

---@param o? resnet.OneCycleOptions
---@return resnet.Schedule
function nn.one_cycle(o) end

---@param o? resnet.HeOptions
---@return resnet.Init
function nn.he(o) end

---@param o resnet.Stage
---@return resnet.Part
function nn.stage(o) end

---@param o resnet.StemOptions
---@return resnet.Part
function nn.stem.imagenet(o) end

---@param o resnet.StemOptions
---@return resnet.Part
function nn.stem.cifar(o) end

---@param o resnet.DeepStemOptions
---@return resnet.Part
function nn.stem.deep(o) end

---@return resnet.Part
function nn.stem.none() end

---@param x resnet.Tensor
---@param width integer
---@param o? resnet.BlockOptions
---@return resnet.Tensor
function nn.basic(x, width, o) end

---@param x resnet.Tensor
---@param width integer
---@param o? resnet.BlockOptions
---@return resnet.Tensor
function nn.bottleneck(x, width, o) end

---@param x resnet.Tensor
---@param width integer
---@param o? resnet.BlockOptions
---@return resnet.Tensor
function nn.preact(x, width, o) end

---@param x resnet.Tensor
---@param width integer
---@param o? resnet.BlockOptions
---@return resnet.Tensor
function nn.preact_bottleneck(x, width, o) end

---@param x resnet.Tensor
---@param width integer
---@param o? resnet.BlockOptions
---@return resnet.Tensor
function nn.plain(x, width, o) end

---@param x resnet.Tensor
---@param width integer
---@param o? resnet.Res2Options
---@return resnet.Tensor
function nn.res2(x, width, o) end

---@param x resnet.Tensor
---@param width integer
---@param o? resnet.ConvNextOptions
---@return resnet.Tensor
function nn.convnext(x, width, o) end

---@param x resnet.Tensor
---@param width integer
---@param o? resnet.DarknetOptions
---@return resnet.Tensor
function nn.darknet(x, width, o) end

---@param x resnet.Tensor
---@param width integer
---@param o? resnet.IresnetOptions
---@return resnet.Tensor
function nn.iresnet(x, width, o) end

---@param x resnet.Tensor
---@param width integer
---@param o? resnet.RegnetOptions
---@return resnet.Tensor
function nn.regnet(x, width, o) end

---@param x resnet.Tensor
---@param width integer
---@param o? resnet.InvertedResidualOptions
---@return resnet.Tensor
function nn.inverted_residual(x, width, o) end

---@param x resnet.Tensor
---@param channels integer
---@param o resnet.BlockOptions
---@return resnet.Tensor
function nn.shortcut(x, channels, o) end

---@param o resnet.ClassifierOptions
---@return resnet.Part
function nn.classifier(o) end

---@param o? resnet.EmbeddingOptions
---@return resnet.Part
function nn.embedding(o) end

---@param o resnet.FastaiHeadOptions
---@return resnet.Part
function nn.fastai_head(o) end

---@param name string
---@param f function
---@return resnet.Tensor
function nn.scope(name, f, ...) end

---@param x resnet.Tensor
---@param o? resnet.conv2d
---@return resnet.Tensor
function nn.depthwise(x, o) end

---@param x resnet.Tensor
---@param o resnet.UpsampleOptions
---@return resnet.Tensor
function nn.upsample(x, o) end

---@param x resnet.Tensor
---@param channels integer
---@param o? { name: string }
---@return resnet.Tensor
function nn.squeeze_excite(x, channels, o) end

---@param x resnet.Tensor
---@param o? { kernel?: integer, name?: string }
---@return resnet.Tensor
function nn.eca(x, o) end

---@param x resnet.Tensor
---@param o? { reduction?: integer, kernel?: integer, bias?: boolean, name?: string }
---@return resnet.Tensor
function nn.cbam(x, o) end

---@class (exact) resnet.KernelsOptions    of nn.sk and nn.split_attention
---@field stride? integer
---@field groups? integer
---@field dilation? integer
---@field branches? integer                nn.sk: 2
---@field split? boolean                   nn.sk: each branch reads its part of the channels
---@field radix? integer                   nn.split_attention: 2
---@field pool? boolean                    nn.split_attention: the stride is a mean's behind it
---@field reduction? integer
---@field act? resnet.Act
---@field name? string                     "conv2"

---@param x resnet.Tensor
---@param width integer
---@param o? resnet.KernelsOptions
---@return resnet.Tensor
function nn.sk(x, width, o) end

---@param x resnet.Tensor
---@param width integer
---@param o? resnet.KernelsOptions
---@return resnet.Tensor
function nn.split_attention(x, width, o) end

---@param x resnet.Tensor
---@param o? { eps?: number, name?: string }
---@return resnet.Tensor
function nn.response_norm(x, o) end

---@param x resnet.Tensor
---@param o? { eps?: number, affine?: boolean, name?: string, params?: table<string, string> }
---@return resnet.Tensor
function nn.instance_norm(x, o) end

---@param x resnet.Tensor
---@param o? { axis?: "channels"|"height"|"width"|"image", eps?: number }
---@return resnet.Tensor
function nn.l2_normalize(x, o) end

---@param x resnet.Tensor
---@param o? { channels?: integer, heads?: integer, bias?: boolean }
---@return resnet.Tensor
function nn.self_attention(x, o) end

---@param x resnet.Tensor
---@param o? { channels?: integer }
---@return resnet.Tensor
function nn.global_context(x, o) end

---@param x resnet.Tensor
---@param o? { name: string }
---@return resnet.Tensor
function nn.global_avg_pool(x, o) end

---@param x resnet.Tensor
---@param o? { name: string }
---@return resnet.Tensor
function nn.global_max_pool(x, o) end

---@param x resnet.Tensor
---@param step integer
---@return resnet.Tensor
function nn.subsample(x, step) end

---@param x resnet.Tensor
---@param o? { min_val: number, max_val: number, name: string }
---@return resnet.Tensor
function nn.hardtanh(x, o) end

---@param x resnet.Tensor
---@param o? { approximate: "none"|"tanh", name: string }
---@return resnet.Tensor
function nn.gelu(x, o) end

nn.conv, nn.batch_norm = nn.conv2d, nn.bn
nn.maxpool, nn.avgpool, nn.zero_pad = nn.max_pool, nn.avg_pool, nn.pad
nn.swish, nn.clamp = nn.silu, nn.clip

return nn
