-- want the file to return nn.model
return tostring(print)
